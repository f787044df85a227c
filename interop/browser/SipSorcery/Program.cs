using RtcEnhance.Browser;
using RtcEnhance.Browser.SipSorcery;

return await InteropProgram.RunAsync(args, [new SipSorceryWay()]).ConfigureAwait(false);
