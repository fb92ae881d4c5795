import { useState } from "preact/hooks";
import { isModerator, type Post, type RoomConnection } from "../sdk/index.ts";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";

interface PanelProps {
  visit: RoomConnection;
  attempt: Attempt;
}

/** What people have shared, newest first, and for speakers a way to share more. */
export function PostsPanel({ visit, attempt }: PanelProps) {
  const maySpeak = visit.self.role !== "listener";
  if (visit.posts.length === 0 && !maySpeak) return null;
  return (
    <section class="card panel" aria-labelledby="posts-heading" data-testid="posts">
      <h2 id="posts-heading">{texts.postsHeading}</h2>
      <ul class="posts">
        {visit.posts.toReversed().map((post) => (
          <PostRow key={post.id} post={post} visit={visit} attempt={attempt} />
        ))}
      </ul>
      {maySpeak && <ShareForm visit={visit} attempt={attempt} />}
    </section>
  );
}

function PostRow({ post, visit, attempt }: PanelProps & { post: Post }) {
  const mayTakeDown = isModerator(visit.self) || post.sharedByIdentity === visit.self.identity;
  return (
    <li data-testid={`post-${post.id}`}>
      <a href={post.url} target="_blank" rel="noopener noreferrer nofollow">
        {post.author}
      </a>
      {post.text !== "" && <p>{post.text}</p>}
      <p class="muted-text">{texts.sharedBy(post.sharedByName)}</p>
      {mayTakeDown && (
        <button
          type="button"
          class="small"
          data-testid={`take-down-${post.id}`}
          onClick={() => void attempt(() => visit.takeDownPost(post.id))}
        >
          {texts.takeDown}
        </button>
      )}
    </li>
  );
}

function ShareForm({ visit, attempt }: PanelProps) {
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");
  const share = () =>
    attempt(async () => {
      await visit.sharePost({ url, author: hostOf(url), text });
      setUrl("");
      setText("");
    });
  return (
    <form
      class="share-post"
      onSubmit={(event) => {
        event.preventDefault();
        void share();
      }}
    >
      <input
        type="url"
        required
        pattern="https://.+"
        maxLength={2000}
        aria-label={texts.postLink}
        placeholder="https://"
        title={texts.postLinkHint}
        data-testid="post-url"
        value={url}
        onInput={(event) => setUrl(event.currentTarget.value)}
      />
      <input
        type="text"
        maxLength={500}
        aria-label={texts.postText}
        placeholder={texts.postText}
        data-testid="post-text"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="small" data-testid="share-post">
        {texts.sharePost}
      </button>
    </form>
  );
}

/** Whoever only has a link shares it in the name of its site. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}
