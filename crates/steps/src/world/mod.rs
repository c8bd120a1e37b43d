//! The world of one attempt of a scenario: what its steps act in.

mod progress;
mod state;

pub use progress::Progress;
pub use state::World;
