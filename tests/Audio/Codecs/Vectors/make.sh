#!/bin/sh
# Makes the G.722 vectors of this folder with FFmpeg (they were made with 5.1.9).
set -e
signal='if(lt(t,0.25), 0.6*sin(2*PI*(100*t+15000*t*t)),
  if(lt(t,0.5), 0.5*(2*random(0)-1)*exp(-8*(t-0.25)),
  if(lt(t,0.8), 0.25*sin(2*PI*125*t)+0.2*sin(2*PI*625*t)+0.15*sin(2*PI*1500*t)+0.1*sin(2*PI*2500*t)*gt(sin(2*PI*3*t),0),
  if(lt(t,0.9), 0, 0.95*sin(2*PI*440*t)))))'
ffmpeg -v error -y -f lavfi -i "aevalsrc='$(echo $signal)':s=16000:d=1" -c:a pcm_s16le -f s16le input.s16
ffmpeg -v error -y -f s16le -ar 16000 -ac 1 -i input.s16 -c:a g722 -f g722 encoded.g722
ffmpeg -v error -y -f g722 -i encoded.g722 -c:a pcm_s16le -f s16le decoded.s16
ffmpeg -v error -y -f lavfi -i "aevalsrc='2*random(1)-1':s=16000:d=0.25" -c:a pcm_u8 -f u8 random.g722
ffmpeg -v error -y -f g722 -i random.g722 -c:a pcm_s16le -f s16le random.s16
for law in mulaw alaw; do
  printf "$(printf '\\%03o' $(seq 0 255))" | ffmpeg -v error -y -f $law -ar 8000 -ac 1 -i - -c:a pcm_s16le -f s16le $law.s16
done
