using Microsoft.Extensions.Options;

namespace RtcEnhance.Extensions;

/// <summary>Says what is outside its range in the options' own words. Thread-safe.</summary>
internal sealed class RtcEnhanceSettingsValidator : IValidateOptions<RtcEnhanceSettings>
{
    public ValidateOptionsResult Validate(string? name, RtcEnhanceSettings options)
    {
        try
        {
            options.ToVideoEnhancerOptions(options.ToEnhancementOptions(), options.ToScheduler(TimeProvider.System), null, TimeProvider.System);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
