namespace RtcEnhance.Audio;

/// <summary>One source's place in an <see cref="AudioMixer"/>. Thread-safe.</summary>
public sealed class AudioMixerInput
{
    /// <summary>Largest gain: 24 dB.</summary>
    public const float MaxGain = 16;

    // What a level keeps of its power per block: it falls by 20 dB in half a second, so that a meter read ten times a
    // second misses no syllable.
    private const float LevelDecay = 0.912f;

    // A source that failed is left alone for a second: an exception per block would cost more than the mix.
    private const int BreakBlocks = 100;

    private readonly AudioMixer _mixer;
    private readonly int _channels;

    // What was played last, and where the next block is made.
    private float[] _played;
    private float[] _next;
    private float _gain;
    private float _currentGain;
    private float _power;
    private long _faults;
    private int _breakLeft;
    private bool _isPlaying;
    private bool _isFaulty;
    private volatile bool _isMuted;
    private volatile bool _isRemoved;

    internal AudioMixerInput(AudioMixer mixer, IAudioSource source, float gain)
    {
        _mixer = mixer;
        Source = source;
        Gain = gain;
        _channels = mixer.OutputFormat.Channels;
        _played = new float[mixer.OutputFormat.BlockLength];
        _next = new float[_played.Length];
    }

    /// <summary>The source.</summary>
    public IAudioSource Source { get; }

    /// <summary>Factor on the source's samples; a change takes effect as a ramp over the next 10 ms.</summary>
    /// <value>0 to <see cref="MaxGain"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public float Gain
    {
        get => Volatile.Read(ref _gain);
        set
        {
            if (value is not (>= 0 and <= MaxGain))
                Throw.OutOfRange(nameof(value), value, $"A gain is 0 to {MaxGain}.");
            Volatile.Write(ref _gain, value);
        }
    }

    /// <summary>
    /// Whether the source is left out of the mix; a change takes effect as a ramp over the next 10 ms. A muted source is
    /// pulled all the same, so that it stays in time and its level is known.
    /// </summary>
    public bool IsMuted
    {
        get => _isMuted;
        set => _isMuted = value;
    }

    /// <summary>
    /// How loud the source is, before gain and muting: the root mean square of 10 ms, which rises at once and falls by
    /// 20 dB in half a second. For a meter, or to tell who is speaking.
    /// </summary>
    /// <value>0 (silence) to 1 (a full-scale square wave).</value>
    public float Level => MathF.Sqrt(Volatile.Read(ref _power));

    /// <summary>
    /// Times that the source threw, or yielded a value that is not a number; it is then silent for a second and tried again.
    /// </summary>
    public long Faults => Volatile.Read(ref _faults);

    internal bool IsRemoved
    {
        get => _isRemoved;
        set => _isRemoved = value;
    }

    /// <summary>Takes the source out of its mixer, as <see cref="AudioMixer.Remove"/> does.</summary>
    /// <returns>False where it is out already.</returns>
    public bool Remove() => !_isRemoved && _mixer.Remove(Source);

    /// <summary>What the input adds to the next 10 ms, until the next call; empty where that is silence.</summary>
    internal ReadOnlySpan<float> NextBlock(PipelineObserver? observer)
    {
        if (_isRemoved || !TryPull(observer))
            return FadeOut();
        float gain = _isMuted ? 0 : Gain;
        if (gain == 0 && _currentGain == 0)
        {
            _isPlaying = false;
            return default;
        }

        ApplyGain(_next, gain);
        (_played, _next) = (_next, _played);
        _isPlaying = true;
        return _played;
    }

    private bool TryPull(PipelineObserver? observer)
    {
        float power = 0;
        if (_breakLeft > 0)
        {
            _breakLeft--;
        }
        else
        {
            try
            {
                Source.GetAudio(_next);
                power = InnerProduct.Energy(_next) / _next.Length;
                if (!float.IsFinite(power))
                    throw new InvalidOperationException("The source yielded a sample that is not a number, or is out of all range.");
                _isFaulty = false;
            }
            catch (Exception exception)
            {
                power = 0;
                _breakLeft = BreakBlocks;
                Volatile.Write(ref _faults, _faults + 1);
                if (!_isFaulty)
                    observer?.NotifyCallbackFaulted("IAudioSource.GetAudio", exception);
                _isFaulty = true;
            }
        }

        Volatile.Write(ref _power, Math.Max(power, _power * LevelDecay));
        return !_isFaulty;
    }

    private void ApplyGain(Span<float> block, float gain)
    {
        float change = gain - _currentGain;
        _currentGain = gain;
        if (change == 0)
        {
            if (gain != 1)
            {
                foreach (ref float sample in block)
                    sample *= gain;
            }

            return;
        }

        // Counted from the end, so that it ends exactly there and never beyond.
        float step = change * _channels / block.Length;
        int left = block.Length / _channels;
        for (int i = 0; i < block.Length; i += _channels)
        {
            float ramp = gain - step * --left;
            for (int channel = 0; channel < _channels; channel++)
                block[i + channel] *= ramp;
        }
    }

    // What was played last goes on mirrored in time, which leaves no step, and dies away.
    private ReadOnlySpan<float> FadeOut()
    {
        _currentGain = 0;
        if (!_isPlaying)
            return default;
        _isPlaying = false;
        int frames = _played.Length / _channels;
        for (int frame = 0; frame < frames; frame++)
        {
            float gain = 1 - (frame + 1f) / frames;
            for (int channel = 0; channel < _channels; channel++)
                _next[frame * _channels + channel] = gain * _played[(frames - 1 - frame) * _channels + channel];
        }

        return _next;
    }
}
