using RtcEnhance;
using RtcEnhance.Benchmarks;
using RtcEnhance.ConferenceView;
using RtcEnhance.Loopback;
using RtcEnhance.Rtc;

const string Usage = """
    rtc VERB [arguments]; each verb explains itself with --help.

      demo       a call on this machine through a lossy network, with and without RtcEnhance;
                 with --streams N a conference of 1 to 9 video streams
      conceal    IN.wav LOSS.txt OUT.wav: fill lost packets of a sound file
      extend     IN.wav OUT.wav: 8 or 16 kHz speech to 48 kHz
      upscale    IN OUT: enlarge a clip or a picture
      replay     CAPTURE OUT.wav: an audio RTP capture through the receiver
      bench      NAME: measure ours and peers on the same files
      interop    calls with real browsers (./rtc only)
