using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 12: 10,000 packets a second into a buffer of 200.</summary>
public class Item12FloodTests
{
    private const int Capacity = 200;
    private const int PacketsPerPull = 100;

    [Theory]
    [InlineData(160, 1)]
    [InlineData(0, 1)]
    [InlineData(8_000_000, 1)]
    [InlineData(160, 1000)]
    public void Item12_Flood_AllocatesNothingAndTheCallResumes(int ticksPerPacket, int sources)
    {
        using var call = new SimulatedCall(capacity: Capacity);
        call.Run(2000);
        var payload = new byte[160];
        var block = new float[80];
        uint timestamp = 0;
        int allocating = 0;
        for (int pull = 0; pull < 500; pull++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < PacketsPerPull; i++)
            {
                int number = (pull * PacketsPerPull) + i;
                var packet = new RtpPacket((uint)(77 + (number % sources)), (ushort)number, timestamp, 0, false, call.Clock.GetTimestamp(), payload);
                call.Receiver.InsertPacket(packet);
                timestamp += (uint)ticksPerPacket;
            }

            long inserting = GC.GetAllocatedBytesForCurrentThread() - before;
            allocating += pull > 0 && inserting > 0 ? 1 : 0;
            call.Receiver.GetAudio(block);
            call.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        // A collection, which another test may cause, counts the rest of the thread's allocation context once.
        Assert.InRange(allocating, 0, 1);
        Assert.All(call.Steps, step => Assert.InRange(step.WaitingPackets, 0, Capacity));
        InboundAudioStats flooded = call.Receiver.GetStats();
        Assert.Equal(flooded.TotalSamplesReceived, Origins.Sum(flooded));

        // The stream that the flood drowned goes on; its sender had paused.
        var resumed = new float[8 * 2000];
        for (int i = 0; i < 200; i++)
        {
            if (i % 2 == 0)
            {
                for (int n = 0; n < payload.Length; n++)
                    payload[n] = (byte)(n % 40 < 20 ? 0x90 : 0x10);
                call.Receiver.InsertPacket(new RtpPacket(5, (ushort)(i / 2), (uint)(i * 80), 0, false, call.Clock.GetTimestamp(), payload));
            }

            call.Receiver.GetAudio(resumed.AsSpan(i * 80, 80));
            call.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.All(Enumerable.Range(100, 100), i => Assert.True(resumed.AsSpan(i * 80, 80).ContainsAnyExceptInRange(-0.05f, 0.05f)));
    }
}
