//! What the sections of `SIPP.md` say of scenario files.

mod read;
mod shown;
mod steps;
mod texts;
