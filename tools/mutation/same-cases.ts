import fc from "fast-check";

fc.configureGlobal({ seed: 1 }); // every run and every mutant gets the same random cases
