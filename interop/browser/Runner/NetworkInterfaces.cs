using System.Net.NetworkInformation;
using System.Net.Sockets;
using RtcEnhance.Loopback;

namespace RtcEnhance.Browser;

/// <summary>The machine's network interfaces.</summary>
internal static class NetworkInterfaces
{
    /// <summary>One over which browsers and hosts of this machine can meet: not the loopback interface, on which Janus offers nothing.</summary>
    public static string Default() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(candidate => candidate.OperationalStatus == OperationalStatus.Up && candidate.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .Where(candidate => candidate.GetIPProperties().UnicastAddresses.Any(address => address.Address.AddressFamily == AddressFamily.InterNetwork))
        .OrderByDescending(candidate => candidate.GetIPProperties().GatewayAddresses.Count)
        .FirstOrDefault()?.Name
        ?? throw new UsageException("no network interface but the loopback one has an IPv4 address.");
}
