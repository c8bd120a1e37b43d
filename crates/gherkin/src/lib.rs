//! gannet-gherkin
