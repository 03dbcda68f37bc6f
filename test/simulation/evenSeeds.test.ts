/** The other half of the simulated seeds (runSeeds.ts). */
import "./replaceQueries.ts";
import { testSeeds } from "./runSeeds.ts";

testSeeds(0);
