//! Errors with their causes.

use std::error::Error;

/// An error with all its causes, as one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    #[error("cannot connect")]
    struct Outer(#[source] io::Error);

    #[test]
    fn every_cause_is_named() {
        let error = Outer(io::Error::other("refused"));
        assert_eq!(chain(&error), "cannot connect: refused");
        assert_eq!(chain(&io::Error::other("alone")), "alone");
    }
}
