//! Scenarios, row by row of SEAGULL.md section 5, as far as loading goes.

#[path = "../seagull_files/mod.rs"]
mod seagull_files;

mod actions;
mod checks;
mod commands;
mod correlation;
mod own;
mod sections;
mod shown;
