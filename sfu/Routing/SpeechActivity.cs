using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>How much one track speaks, on three scales of time: a frame, a tenth of a second, a second.</summary>
/// <remarks>
/// After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint videoconferencing", Computer Speech
/// &amp; Language 27 (2013) 895-910. Their count of active sub-bands of a frame is taken from its level above the
/// track's own floor, since a media node hears no spectrum. A long block is active when most of its medium blocks are,
/// and these when most of their frames are: a cough is loud in one frame, speech in all three. Changed by the room's
/// home worker.
/// </remarks>
internal sealed class SpeechActivity
{
    private const int Bands = 13;
    private const int FramesPerMedium = 5;
    private const int MediumsPerLong = 10;
    private const int Frames = FramesPerMedium * MediumsPerLong;

    /// <summary>So many bands make a frame active, so many frames a medium block.</summary>
    private const int BandsOfSpeech = 7;
    private const int FramesOfSpeech = 3;

    /// <summary>A frame 39 dB above the floor has all its bands.</summary>
    private const double DbPerBand = 3;

    private const double ScoreMin = 1e-10;
    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _bands = new byte[Frames];
    private int _newest;
    private Instant _newestAt;

    /// <summary>One frame, or one packet of several.</summary>
    /// <param name="aboveFloorDb">Its level above the track's floor.</param>
    /// <param name="now">When it arrived.</param>
    public void Observe(double aboveFloorDb, Instant now)
    {
        var bands = (byte)Math.Clamp(aboveFloorDb / DbPerBand, 0, Bands);
        if (now - _newestAt < FrameDuration / 2)
        {
            // A burst: the network's doing, not a fast tongue.
            _bands[_newest] = Math.Max(_bands[_newest], bands);
            return;
        }

        Advance(now);
        _bands[_newest] = bands;
    }

    /// <summary>How likely the newest frame, the newest medium block and the last second are speech.</summary>
    public (double Immediate, double Medium, double Long) Scores(Instant now)
    {
        if (now - _newestAt > FrameDuration * 1.5)
        {
            Advance(now);
        }

        var mediums = 0;
        var newestMedium = 0;
        for (var block = 0; block < MediumsPerLong; block++)
        {
            var active = ActiveFrames(block * FramesPerMedium);
            newestMedium = block == 0 ? active : newestMedium;
            mediums += active >= FramesOfSpeech ? 1 : 0;
        }

        return (
            Score(_bands[_newest], Bands, rate: 0.78),
            Score(newestMedium, FramesPerMedium, rate: 24),
            Score(mediums, MediumsPerLong, rate: 47)
        );
    }

    /// <summary>Frames in which nothing came are silent.</summary>
    private void Advance(Instant now)
    {
        var steps = (int)Math.Clamp(Math.Round((now - _newestAt) / FrameDuration), 1, Frames);
        for (var i = 0; i < steps; i++)
        {
            _newest = (_newest + 1) % Frames;
            _bands[_newest] = 0;
        }

        _newestAt = now;
    }

    private int ActiveFrames(int age)
    {
        var active = 0;
        for (var i = age; i < age + FramesPerMedium; i++)
        {
            active += _bands[(_newest - i + Frames) % Frames] >= BandsOfSpeech ? 1 : 0;
        }

        return active;
    }

    /// <summary>
    /// The log-likelihood ratio of speech to silence for <paramref name="active"/> of <paramref name="count"/> parts: a
    /// binomial distribution against an exponential one (equation 8 there, with its rates).
    /// </summary>
    private static double Score(int active, int count, double rate)
    {
        var choices = 0.0;
        for (var i = 1; i <= active; i++)
        {
            choices += Math.Log((count - active + i) / (double)i);
        }

        return Math.Max(ScoreMin, choices + (count * Math.Log(0.5)) - Math.Log(rate) + (rate * active));
    }
}
