using System.Globalization;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// An outside policy: COMMAND QUANTILE PACKETS BLOCKS. PACKETS has "pulls N", then a line per packet in the order of
/// arrival: ms, sequence number, RTP timestamp, payload (mu-law, hex); pull n is at 10 n ms and sees what came by then.
/// The command writes into BLOCKS a line per pull: RTP timestamp up to which the stream is played, or - where nothing in
/// the block was received, then since the pull before: samples concealed, put in, left out, packets given up. Thread-safe.
/// </summary>
public static class PeerPolicy
{
    /// <summary>Writes the call for any number of runs.</summary>
    /// <param name="call">The call.</param>
    /// <param name="path">The file.</param>
    public static void WritePackets(PlayoutCall call, string path)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var writer = new StreamWriter(path);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"pulls {call.Pulls}\n"));
        foreach (ArrivedPacket packet in call.Packets)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{packet.Arrival.TotalMilliseconds:0.0000} {(ushort)packet.Index} {packet.Timestamp} {Convert.ToHexString(packet.Payload)}\n"));
    }

    /// <summary>Runs the command.</summary>
    /// <param name="command">Program and leading arguments, separated by blanks.</param>
    /// <param name="quantile">Its setting.</param>
    /// <param name="packets">What <see cref="WritePackets"/> wrote.</param>
    /// <param name="blocks">File that the command writes.</param>
    /// <returns>A block per pull.</returns>
    /// <exception cref="InvalidOperationException">The command failed, or a line is not of that form.</exception>
    public static IReadOnlyList<PlayedBlock> Play(string command, double quantile, string packets, string blocks)
    {
        ExternalCommand.RunPeer(command, quantile.ToString(CultureInfo.InvariantCulture), packets, blocks);
        return [.. File.ReadLines(blocks).Select(Parse)];
    }

    private static PlayedBlock Parse(string line)
    {
        string[] words = line.Split(' ');
        if (words.Length != 5)
            throw new InvalidOperationException($"A peer wrote \"{line}\"; five values are expected.");
        int? end = words[0] == "-" ? null : unchecked((int)uint.Parse(words[0], CultureInfo.InvariantCulture));
        return new PlayedBlock(end, Number(words[1]), Number(words[2]), Number(words[3]), Number(words[4]));
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
