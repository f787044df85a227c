using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace RtcEnhance.Benchmarks;

/// <summary>`rtc bench NAME`: runs one benchmark, prints its tables and writes them down as JSON.</summary>
public static partial class BenchVerb
{
    /// <summary>What `rtc bench` prints without a name.</summary>
    public static string Usage =>
        "rtc bench NAME [--peer NAME=COMMAND ...] [--data DIR] [--scorer DIR] [--every N] [--seed N]\n"
        + "A peer is an outside command that takes the same arguments as our verb; it runs on the same files.\n"
        + "bwe, coded and sheet also take --model NAME=PATH ..., coded takes --vmaf COMMAND and --scale 1 or 1.5, sheet takes --out FILE.png.\n"
        + "plc and bwe take --music DIR, plc --model NAME=PATH ... and --libopus PATH, a libopus 1.5 or newer to compare with.\n"
        + string.Join('\n', Benchmarks.Select(b => $"  {b.Key,-10}{b.Value.Summary}"));

    /// <summary>Runs the verb.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <param name="resultsDirectory">Where the JSON goes.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args, string resultsDirectory)
    {
        if (args.Count == 0 || args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        BenchArguments arguments;
        try
        {
            arguments = BenchArguments.Parse(args);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"rtc bench: {e.Message}");
            return 2;
        }

        if (!Benchmarks.TryGetValue(arguments.Name, out Benchmark? benchmark))
        {
            Console.Error.WriteLine($"rtc bench: there is no benchmark {arguments.Name}. {string.Join(", ", Benchmarks.Keys)}.");
            return 2;
        }

        BenchReport report = benchmark.Run(arguments);
        foreach (BenchTable table in report.Tables)
            table.Print(Console.Out);
        foreach (string note in report.Notes)
            Console.WriteLine(note);
        Console.WriteLine($"machine: {Machine()}");
        if (arguments.IsKept && report.IsKept)
        {
            string path = Path.Combine(resultsDirectory, $"{arguments.Name}.json");
            Directory.CreateDirectory(resultsDirectory);
            File.WriteAllText(path, ToJson(arguments, report));
            Console.WriteLine($"written: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
            foreach ((string name, string text) in report.Files)
            {
                path = Path.Combine(resultsDirectory, name);
                File.WriteAllText(path, text);
                Console.WriteLine($"written: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
            }
        }

        return report.Failed ? 1 : 0;
    }

    private static string Machine()
    {
        string width = Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "scalar";
        return $"{RuntimeInformation.ProcessArchitecture}, {width}-bit vectors, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Split('#')[0].Trim()}";
    }

    private static string ToJson(BenchArguments arguments, BenchReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("benchmark", arguments.Name);
            json.WriteString("machine", Machine());
            json.WriteStartArray("peers");
            foreach (BenchPeer peer in arguments.Peers)
                json.WriteStringValue(peer.Name);
            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (string note in report.Notes)
                json.WriteStringValue(note);
            json.WriteEndArray();
            json.WriteStartArray("tables");
            foreach (BenchTable table in report.Tables)
                Write(json, table);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, BenchTable table)
    {
        json.WriteStartObject();
        json.WriteString("title", table.Title);
        json.WriteStartArray("rows");
        foreach (object?[] row in table.Rows)
        {
            json.WriteStartObject();
            for (int c = 0; c < row.Length; c++)
            {
                json.WritePropertyName(table.Columns[c]);
                switch (row[c])
                {
                    case null: json.WriteNullValue(); break;
                    case double number when !double.IsFinite(number): json.WriteNullValue(); break;
                    case double number: json.WriteNumberValue(Math.Round(number, 5)); break;
                    case long or int: json.WriteNumberValue(Convert.ToInt64(row[c])); break;
                    default: json.WriteStringValue(row[c]!.ToString()); break;
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
