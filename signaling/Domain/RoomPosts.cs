namespace Spaces.Signaling.Domain;

/// <summary>Posts from elsewhere that people share with the room.</summary>
internal static class RoomPosts
{
    /// <summary>The oldest goes when one more comes.</summary>
    public const int PostsMax = 20;
    public const int UrlLengthMax = 2_000;
    public const int TextLengthMax = 500;

    public static RoomDecision Share(Room room, RoomCommand.SharePost share)
    {
        if (Permissions.Refusal(room, Right.SharePost, share.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        if (Problem(share) is { } problem)
        {
            return RoomDecision.Refuse(RefusalCode.InvalidArgument, problem);
        }

        var by = share.Actor.Identity;
        var name = room.Stage.Find(by)?.Person.Name ?? (by == room.Host ? room.HostName : by.Value);
        var post = new Post(room.Version + 1, share.Url, share.Author, share.Text, by, name, share.At);
        return RoomDecision.Accept(new RoomEvent.PostShared(post, share.At));
    }

    public static RoomDecision TakeDown(Room room, RoomCommand.TakeDownPost takeDown)
    {
        var actor = takeDown.Actor;
        var post = room.Posts.FirstOrDefault(post => post.Number == takeDown.Number);
        var isOwn = !actor.IsSystem && post?.SharedBy == actor.Identity;
        if (!isOwn && Permissions.Refusal(room, Right.TakeDownPost, actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return post is null
            ? RoomDecision.Refuse(RefusalCode.NotFound, "There is no such post, or no longer. Look at the list again.")
            : RoomDecision.Accept(new RoomEvent.PostTakenDown(takeDown.Number, actor.Identity, takeDown.At));
    }

    public static ValueList<Post> WithNewest(ValueList<Post> posts, Post post) =>
        posts.Count < PostsMax ? posts.Add(post) : [.. posts.Skip(posts.Count - PostsMax + 1), post];

    private static string? Problem(RoomCommand.SharePost share)
    {
        var isHttps =
            share.Url.Length <= UrlLengthMax
            && Uri.TryCreate(share.Url, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps
            && uri.UserInfo.Length == 0;
        return !isHttps
            ? $"url is no address of a post. Give an https URL of at most {UrlLengthMax} characters."
            : RoomText.Problem("author", share.Author, RoomText.NameLengthMax)
                ?? RoomText.ProseProblem("text", share.Text, TextLengthMax);
    }
}
