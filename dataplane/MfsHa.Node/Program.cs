Console.WriteLine("mfsha");
