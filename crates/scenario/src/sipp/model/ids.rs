//! Indices by which the parts of a scenario name each other.

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// As an index into the list it belongs to.
            #[inline]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    };
}

index! {
    /// Index into [`Scenario::variables`](super::Scenario::variables).
    VariableId
}
index! {
    /// Index into [`Scenario::timers`](super::Scenario::timers): a response time (RTD).
    TimerId
}
index! {
    /// Index into [`Scenario::counters`](super::Scenario::counters).
    CounterId
}
index! {
    /// Index into [`Scenario::transactions`](super::Scenario::transactions).
    TransactionId
}
index! {
    /// Index into [`Scenario::files`](super::Scenario::files): an injection file.
    FileId
}

/// Index of a step; the number of steps stands for the end of the scenario.
pub type LabelTarget = usize;
