System.Console.WriteLine("spaces");
