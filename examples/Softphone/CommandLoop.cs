namespace RtcEnhance.Softphone;

/// <summary>Carries out keys and waits, one after the other. One thread at a time.</summary>
internal sealed class CommandLoop(Phone phone, PhoneOptions options, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private bool _hadCall;
    private Task<bool>? _calling;

    /// <summary>Calls who is to be called.</summary>
    public void Call()
    {
        if (options.Call is { } uri)
            _calling = phone.CallAsync(uri);
        else
            say("nobody to call: give a URI at the start");
    }

    /// <summary>Reads lines until their end or until one says to quit.</summary>
    public async Task RunAsync(TextReader script, CancellationToken stop)
    {
        // Standard input cannot be cancelled: the read is left behind instead.
        while (await Task.Run(script.ReadLine, stop).WaitAsync(stop).ConfigureAwait(false) is { } line)
        {
            string text = line.Split("//")[0].Trim();
            if (text.Length > 0 && !await ExecuteAsync(PhoneCommand.Parse(text), stop).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Reads keys and shows the statistics once a second.</summary>
    public async Task RunKeyboardAsync(CancellationToken stop)
    {
        for (int step = 0; ; step++)
        {
            await Task.Delay(Step, stop).ConfigureAwait(false);
            while (Console.KeyAvailable)
            {
                char key = char.ToLowerInvariant(Console.ReadKey(intercept: true).KeyChar);
                if (PhoneCommand.IsKey(key) && !await ExecuteAsync(new PhoneCommand(key), stop).ConfigureAwait(false))
                    return;
            }

            if (step % 50 == 0 && phone is { IsInCall: true, Call: { } call })
                Console.Write($"\r{StatusLine.Format(call)} ");
        }
    }

    /// <summary>Carries out one command.</summary>
    /// <returns>False where it was to quit.</returns>
    private async Task<bool> ExecuteAsync(PhoneCommand command, CancellationToken stop)
    {
        _hadCall |= phone.Call is not null;
        switch (command.Key)
        {
            case '\0': await WaitAsync(command, stop).ConfigureAwait(false); break;
            case 'a': await phone.AnswerAsync().ConfigureAwait(false); break;
            case 'b': await phone.HangUpAsync().ConfigureAwait(false); break;
            case 'c': Call(); break;
            case 'h': phone.ToggleHold(); break;
            case 'i': phone.Reinvite(); break;
            case 'e': Switch(); break;
            case 's': say(phone.Call is { } call ? StatusLine.Format(call) : "there is no call"); break;
            case 'q': return false;
            default: phone.Dial(command.Key); break;
        }

        return true;
    }

    private async Task WaitAsync(PhoneCommand command, CancellationToken stop)
    {
        if (command.Until == "seconds")
        {
            await Task.Delay(TimeSpan.FromSeconds(command.Count), stop).ConfigureAwait(false);
            return;
        }

        long packets = (phone.Call?.GetStats().PacketsReceived ?? 0) + command.Count;
        long start = TimeProvider.System.GetTimestamp();
        while (!IsSo(command.Until!, packets))
        {
            if (command.Until == "call" && _calling is { IsCompletedSuccessfully: true, Result: false })
                throw new InvalidOperationException($"'wait {command.Until}': the call failed.");
            if (command.Until == "packets" && _hadCall && phone.Call is null)
                throw new InvalidOperationException("'wait packets': the call is over.");
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new InvalidOperationException($"'wait {command.Until}' waited {Patience.TotalMinutes} minutes in vain.");
            await Task.Delay(Step, stop).ConfigureAwait(false);
        }
    }

    private bool IsSo(string state, long packets)
    {
        _hadCall |= phone.Call is not null;
        return state switch
        {
            "registered" => phone.IsRegistered,
            "ringing" => phone.IsRinging,
            "call" => phone.IsInCall,
            "held" => phone.IsHeld,
            "resumed" => phone.IsResumed,
            "ended" => _hadCall && phone.Call is null,
            _ => phone.Call?.GetStats().PacketsReceived >= packets,
        };
    }

    private void Switch()
    {
        if (phone.Call is not { } call)
            return;
        call.IsEnhanced = !call.IsEnhanced;
        say($"RtcEnhance {(call.IsEnhanced ? "on" : "off")}");
    }
}
