//! Shards on the bench.

mod bench;
mod beyond;
mod hostile;
mod seagull_gaps;
mod seagull_section_5;
mod seagull_section_6;
mod seagull_section_7;
mod seagull_section_8;
mod seagull_section_9;
mod smoke;
