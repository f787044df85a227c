using RtcEnhance.TrimSmoke;

// Prints `ok`, or throws: the exit code and the text are what the end-to-end test looks at.
AudioSmoke.Run();
VideoSmoke.Run();
Console.WriteLine("ok");
