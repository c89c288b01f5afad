Console.WriteLine("mfsha-bench");
