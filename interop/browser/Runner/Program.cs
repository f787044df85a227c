using RtcEnhance.Browser;

return await InteropProgram.RunAsync(args, []).ConfigureAwait(false);
