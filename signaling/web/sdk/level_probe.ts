/** Measures how loud a track is where the browser's statistics do not say. */
export interface LevelProbe {
  /** Root mean square of the last moment, between 0 (silent) and 1. */
  level(): number;
  close(): void;
}

/** Samples looked at for one level: 21 ms at 48 kHz. */
const WINDOW_SAMPLES = 1024;

/** By Web Audio; nothing of it is played. */
export function openLevelProbe(track: MediaStreamTrack): LevelProbe {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: WINDOW_SAMPLES });
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(WINDOW_SAMPLES);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close() {
      source.disconnect();
      void context.close();
    },
  };
}
