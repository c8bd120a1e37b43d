//! Tables of keys that peers choose.

/// A table with a quick hash, whose seed is another one in each process and table.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, Hashing>;

/// What makes its hashes.
pub(crate) type Hashing = foldhash::fast::RandomState;
