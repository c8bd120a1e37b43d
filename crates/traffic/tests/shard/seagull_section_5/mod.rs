//! SEAGULL.md 5, the part that shows when a scenario runs: a table for each group of its rows.

mod actions;
mod channels;
mod checks;
mod correlation;
mod external;
mod keys;
mod sections;
mod values;
