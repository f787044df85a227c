namespace RtcEnhance.Audio;

/// <content>The 10 ms step: decode, decide, play.</content>
public sealed partial class AudioReceiver
{
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Blocks of one loss over which a decoder's state is carried: codecs have faded to silence by then, and the work
    /// would go on for as long as a call is held.
    /// </summary>
    private const int MaxDecoderConcealment = 10;

    /// <summary>
    /// After 2 s without a packet nothing is known of the network's delay any more: what comes then starts anew.
    /// </summary>
    private const int OutageBlocks = 200;

    /// <summary>Blocks of decoded samples that all lags of a stretch can be searched in: 30 ms.</summary>
    private const int StretchBlocks = 3;

    /// <summary>Decoded samples waiting at most: two packets of 120 ms, in stereo at 48 kHz, after 15 ms of history.</summary>
    private readonly SyncBuffer _sync = new((2 * 120 + 15) * 48 * 2);
    private readonly float[] _output;
    private readonly float[] _fadingOutput;
    private CodecChain? _codec;
    private CodecChain? _fadingCodec;
    private int _outputLeft;
    private long _block;
    private int _playedGeneration;
    private int _targetMs;
    private Pause _pause = Pause.Start;
    private bool _hasPlayed;
    private bool _isConcealing;
    private long _concealedBlocks;
    private bool _needsMerge;

    /// <summary>Another source began: once led into, what was played before it is not its past.</summary>
    private bool _isNewSource;
    private bool _isDisposed;
    private int _blocksSinceStretch;

    /// <summary>Whether comfort noise from a packet's parameters runs.</summary>
    private bool _isNoise;

    /// <summary>Why the delay may be chosen anew, and what is played until it has been.</summary>
    private enum Pause
    {
        /// <summary>There is none.</summary>
        None,

        /// <summary>A stream begins.</summary>
        Start,

        /// <summary>The decoder's last payload said that the sender stops: the decoder makes the noise.</summary>
        Discontinuous,

        /// <summary>A comfort-noise packet came.</summary>
        Noise,

        /// <summary>Nothing is missing and nothing is there: telephone events, or a sender that stops without a word.</summary>
        Unsaid,
    }

    /// <param name="before">Samples of the same pull that are heard before this block.</param>
    private void PlayBlock(int before)
    {
        // One for all stages of the block: what the decoder or one stage takes, the next does not have.
        Deadline deadline = Deadline.After(_time, BlockDuration);
        BeginBlock();
        BlockTally tally = default;
        Fill(1, ref tally);
        PlayoutOperation operation = PlayoutPolicy.Decide(State());
        if (_codec is null || operation == PlayoutOperation.Silence)
        {
            _output.AsSpan().Clear();
            tally.Silence = OutputFormat.SamplesPerBlock;
        }
        else
        {
            Execute(_codec, operation, deadline, ref tally);
            bool isMade = operation is PlayoutOperation.Expand or PlayoutOperation.Merge or PlayoutOperation.ComfortNoise;
            _codec.Output.Process(_codec.Block, isMade, _output, deadline);
            if (_fadingCodec is { } fading)
                FadeOut(fading, deadline);
            _hasPlayed = true;
        }

        tally.Operation = operation;
        Commit(tally, before);
    }

    private void BeginBlock()
    {
        bool isNewStream;
        int unmade;
        lock (_lock)
        {
            _block = _intake.Block++;
            _intake.Delay.OnBlock(_intake.Block);
            _targetMs = _intake.Delay.TargetMs;
            isNewStream = _intake.Generation != _playedGeneration;
            _playedGeneration = _intake.Generation;
            unmade = _intake.UnmadePayloadType;
        }

        if (unmade >= 0)
            Make((byte)unmade);
        if (!isNewStream)
            return;
        _codec?.ResetDecoder();
        _sync.Clear(_codec?.Format.Channels ?? 1, _codec?.Stretcher.LargestLag ?? 0);
        _pause = Pause.Start;
        _needsMerge = _hasPlayed;
        _isNewSource = _hasPlayed;
    }

    private PlayoutState State()
    {
        int pending = _codec is { } codec ? _sync.Frames : 0;
        long pendingMs = _codec is null ? 0 : (long)pending * 1000 / _codec.Format.SampleRateHz;
        long delayMs;
        long spareMs;
        long aheadMs;
        lock (_lock)
        {
            delayMs = _intake.Delay.GetDelayMs(_block, _nextMs - pendingMs);
            spareMs = delayMs - _intake.Delay.RecentLeastMs;
            aheadMs = pendingMs + _intake.ContiguousMs;
        }

        return new PlayoutState
        {
            HasPlayed = _hasPlayed,
            HasBlock = _codec is not null && pending >= _codec.Format.SamplesPerBlock,
            IsPaused = _pause is Pause.Discontinuous or Pause.Noise or Pause.Unsaid,
            NeedsMerge = _needsMerge,
            BlocksSinceStretch = _blocksSinceStretch,
            DelayMs = delayMs,
            SpareMs = spareMs,
            AheadMs = aheadMs,
            TargetMs = _targetMs,
        };
    }

    private void Execute(CodecChain codec, PlayoutOperation operation, Deadline deadline, ref BlockTally tally)
    {
        var job = new ConcealmentJob { Output = codec.Block };
        switch (operation)
        {
            case PlayoutOperation.Expand:
                Conceal(codec, ref job, deadline, ref tally);
                if (_concealedBlocks <= MaxDecoderConcealment)
                    codec.ConcealInDecoder();
                int played = PlayPartial(codec, leadsIn: !tally.StartsConcealment, ref tally);
                _concealedFrames += codec.Format.SamplesPerBlock - played;
                tally.Concealed = OutputSamples(codec, codec.Format.SamplesPerBlock - played);
                return;

            case PlayoutOperation.ComfortNoise:
                MakeNoise(codec, ref job, deadline);
                played = PlayPartial(codec, leadsIn: false, ref tally);
                tally.ComfortNoise = OutputSamples(codec, codec.Format.SamplesPerBlock - played);
                break;

            case PlayoutOperation.Merge:
                Take(codec, codec.Received, ref tally);
                if (_isNoise)
                {
                    codec.Noise.Generate(codec.Block);
                    LinearFade.Apply(codec.Block, codec.Received, codec.Format.Channels, codec.Block);
                    codec.Concealment.Observe(job);
                }
                else
                {
                    job.Received = codec.Received;
                    codec.Conceal(ref job, deadline);
                }

                _sync.ForgetHistory();
                _isNoise = false;
                _needsMerge = false;
                break;

            default:
                Stretch(codec, operation, ref tally);
                Take(codec, codec.Block, ref tally);
                codec.Concealment.Observe(job);
                break;
        }

        _isConcealing = false;
        _concealedFrames = 0;
        if (!_isNewSource || operation == PlayoutOperation.ComfortNoise)
            return;
        _isNewSource = false;
        codec.Concealment.Reset();
        codec.Concealment.Observe(job);
    }

    private void Take(CodecChain codec, Span<float> block, ref BlockTally tally) => tally.Stretched += OutputSamples(codec, _sync.Take(block));

    /// <summary>Frames at the decoder's rate as samples of the output.</summary>
    private int OutputSamples(CodecChain codec, int frames) => (int)((long)frames * OutputFormat.SampleRateHz / codec.Format.SampleRateHz);

    /// <summary>Brings the delay nearer to its target, where the signal allows it.</summary>
    private void Stretch(CodecChain codec, PlayoutOperation operation, ref BlockTally tally)
    {
        _blocksSinceStretch = Math.Min(_blocksSinceStretch + 1, PlayoutPolicy.StretchInterval);
        if (operation == PlayoutOperation.Accelerate)
        {
            Fill(StretchBlocks, ref tally);
            long excessMs = State().ExcessMs;
            long most = Math.Min(excessMs * codec.Format.SampleRateHz / 1000, _sync.Frames - codec.Format.SamplesPerBlock);
            int removed = codec.Stretcher.Accelerate(_sync.Pending, (int)most, excessMs >= PlayoutPolicy.FastMs, out int stretched);
            if (removed == 0)
                return;
            _sync.OnShortened(removed, stretched);
            tally.StretchedFrames = -removed;
            tally.Removed = OutputSamples(codec, removed);
            _blocksSinceStretch = 0;
        }
        else if (operation == PlayoutOperation.PreemptiveExpand && _sync.HistoryFrames >= codec.Stretcher.LargestLag)
        {
            int inserted = codec.Stretcher.PreemptiveExpand(_sync.HistoryAndPending, _sync.HistoryFrames);
            if (inserted == 0)
                return;
            _sync.OnLengthened(inserted);
            tally.StretchedFrames = inserted;
            tally.Inserted = OutputSamples(codec, inserted);
            _blocksSinceStretch = 0;
        }
    }

    private void Conceal(CodecChain codec, ref ConcealmentJob job, Deadline deadline, ref BlockTally tally)
    {
        job.IsConcealed = true;
        StageRoute route = codec.Conceal(ref job, deadline);
        tally.IsClassical = route == StageRoute.Fallback;
        tally.StartsConcealment = !_isConcealing;
        _concealedBlocks = _isConcealing ? _concealedBlocks + 1 : 1;
        if (_concealedBlocks == OutageBlocks)
            _pause = Pause.Start;
        _isConcealing = true;
        _isNoise = false;
        _needsMerge = true;
        _sync.ForgetHistory();
    }

    /// <summary>
    /// A block of what the sender's silence sounds like: from the decoder where that knows, from the parameters it sent,
    /// else from the concealment, which goes over to the background it heard. The first block leads there.
    /// </summary>
    private void MakeNoise(CodecChain codec, ref ConcealmentJob job, Deadline deadline)
    {
        _sync.ForgetHistory();
        if (_pause == Pause.Noise || _isNoise)
        {
            if (!_isNoise)
            {
                job.IsConcealed = true;
                codec.Conceal(ref job, deadline);
                job.IsConcealed = false;
                codec.Noise.Generate(codec.Received);
                LinearFade.Apply(codec.Block, codec.Received, codec.Format.Channels, codec.Block);
            }
            else
            {
                codec.Noise.Generate(codec.Block);
            }

            codec.Concealment.Observe(job);
            _isNoise = true;
            _needsMerge = true;
        }
        else if (_pause == Pause.Discontinuous && !_needsMerge && codec.ConcealInDecoder())
        {
            // A decoder leads from its own noise into the next payload by itself.
            codec.Received.CopyTo(codec.Block);
            codec.Concealment.Observe(job);
        }
        else
        {
            job.IsConcealed = true;
            codec.Conceal(ref job, deadline);
            _needsMerge = true;
        }
    }

    /// <summary>
    /// Plays received samples that do not fill a block, at its start, and fades from them into what was made; where that
    /// was running already, also out of it. Only packets whose length is not a multiple of 10 ms, and stretching, leave some.
    /// </summary>
    private int PlayPartial(CodecChain codec, bool leadsIn, ref BlockTally tally)
    {
        int channels = codec.Format.Channels;
        int count = _sync.Frames * channels;
        if (count == 0)
            return 0;
        Span<float> received = codec.Received.AsSpan(0, count);
        Take(codec, received, ref tally);
        int fade = Math.Min(count / 2, codec.BlockLength / 5) / channels * channels;
        int start = leadsIn ? fade : 0;
        Span<float> block = codec.Block.AsSpan(0, count);
        LinearFade.Apply(block[..start], received[..start], channels, block[..start]);
        received[start..^fade].CopyTo(block[start..]);
        LinearFade.Apply(received[^fade..], block[^fade..], channels, block[^fade..]);
        return count / channels;
    }

    /// <summary>The first block of another codec: the one before it goes on for this block and fades out under it.</summary>
    private void FadeOut(CodecChain fading, Deadline deadline)
    {
        var job = new ConcealmentJob { Output = fading.Block, IsConcealed = true };
        fading.Conceal(ref job, deadline);
        fading.Output.Process(fading.Block, isConcealed: true, _fadingOutput, deadline);
        LinearFade.Apply(_fadingOutput, _output, OutputFormat.Channels, _output);
        _fadingCodec = null;
    }
}
