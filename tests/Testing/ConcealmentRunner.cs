using RtcEnhance.Audio;

namespace RtcEnhance.Testing;

/// <summary>
/// Runs a concealment stage over a recording with lost packets as the receiver runs it: in 10 ms blocks, one after
/// another, where the stage sees what was played and the block in hand and nothing else. Thread-safe.
/// </summary>
public static class ConcealmentRunner
{
    /// <summary>
    /// Returns a recording of the same length, aligned to the sample: equal to <paramref name="samples"/> bit for bit
    /// but in lost packets and in the 10 ms block after each loss. Samples of lost packets are never read.
    /// A last packet or block that the recording cuts short is run as if silence followed it.
    /// </summary>
    /// <param name="samples">Interleaved samples in [-1, 1]; a whole number of sample frames.</param>
    /// <param name="format">Rate and channels of <paramref name="samples"/> and <paramref name="stage"/>.</param>
    /// <param name="lostPackets">One flag a packet, true where it was lost; may be longer than the recording, not shorter.</param>
    /// <param name="packetMs">Length of a packet: 10 to 120 ms in steps of 10.</param>
    /// <param name="stage">The stage, in its initial state.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="packetMs"/> is outside its range.</exception>
    /// <exception cref="ArgumentException">There are too few loss flags, or half a sample frame.</exception>
    public static float[] Conceal(float[] samples, AudioFormat format, bool[] lostPackets, int packetMs, IStage<ConcealmentJob> stage)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(lostPackets);
        ArgumentNullException.ThrowIfNull(stage);
        if (packetMs is < 10 or > 120 || packetMs % 10 != 0)
            throw new ArgumentOutOfRangeException(nameof(packetMs), packetMs, "A packet is 10 to 120 ms long, in steps of 10 ms.");
        if (samples.Length % format.Channels != 0)
            throw new ArgumentException($"{samples.Length} samples do not divide by {format.Channels} channels.", nameof(samples));
        int blockLength = format.BlockLength;
        int packetLength = blockLength * (packetMs / 10);
        int packets = (samples.Length + packetLength - 1) / packetLength;
        if (lostPackets.Length < packets)
        {
            throw new ArgumentException(
                $"The recording has {packets} packets of {packetMs} ms but the loss trace has only {lostPackets.Length} entries.",
                nameof(lostPackets));
        }

        var output = new float[samples.Length];
        var received = new float[blockLength];
        var played = new float[blockLength];
        bool concealing = false;
        for (int start = 0; start < samples.Length; start += blockLength)
        {
            int count = Math.Min(blockLength, samples.Length - start);
            bool lost = lostPackets[start / packetLength];
            var job = new ConcealmentJob { Output = played, IsConcealed = lost };
            if (!lost)
            {
                Array.Clear(received);
                samples.AsSpan(start, count).CopyTo(received);
            }

            if (lost || concealing)
            {
                job.Received = lost ? default : received;
                stage.Process(ref job);
            }
            else
            {
                received.CopyTo(played, 0);
                stage.Observe(in job);
            }
            concealing = lost;
            played.AsSpan(0, count).CopyTo(output.AsSpan(start));
        }
        return output;
    }
}
