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
    /// Index into [`Scenario::channels`](super::Scenario::channels).
    ChannelId
}
index! {
    /// Index into [`Scenario::protocols`](super::Scenario::protocols).
    ProtocolId
}
index! {
    /// Index into [`Scenario::sections`](super::Scenario::sections).
    SectionId
}
index! {
    /// Index into [`Scenario::counters`](super::Scenario::counters).
    CounterId
}
index! {
    /// Index into [`Scenario::variables`](super::Scenario::variables).
    VariableId
}
index! {
    /// Index into [`Protocol::fields`](super::Protocol::fields) of the protocol at hand.
    FieldId
}
index! {
    /// Index into [`Protocol::messages`](super::Protocol::messages) of the protocol at hand.
    MessageId
}
