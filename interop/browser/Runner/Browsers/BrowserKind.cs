namespace RtcEnhance.Browser.Browsers;

/// <summary>The browsers that are tried.</summary>
internal enum BrowserKind
{
    Chromium,
    Firefox,
}
