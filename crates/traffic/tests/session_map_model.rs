//! The session map against a plain map.

use std::collections::HashMap;

use gannet_traffic::{KeyChain, KeyTaken, SessionMap};
use proptest::prelude::*;

const CALLS: u32 = 8;

#[derive(Debug, Clone)]
enum Operation {
    Insert { call: u32, key: Key },
    Rekey { call: u32, old: Key, new: Key },
    Remove { call: u32, key: Key },
    RemoveAll { call: u32 },
}

type Key = (u16, Vec<u8>);

/// Few different keys, of lengths around the limits of a cell.
fn key() -> impl Strategy<Value = Key> {
    let lengths = prop_oneof![0_usize..4, 44_usize..49, 91_usize..94];
    (0_u16..2, lengths, 0_u8..3).prop_map(|(channel, len, last)| {
        let mut key = vec![b'k'; len];
        if let Some(byte) = key.last_mut() {
            *byte = last;
        }
        (channel, key)
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let call = || 0..CALLS;
    prop_oneof![
        5 => (call(), key()).prop_map(|(call, key)| Operation::Insert { call, key }),
        2 => (call(), key(), key()).prop_map(|(call, old, (_, new))| {
            let new = (old.0, new);
            Operation::Rekey { call, old, new }
        }),
        2 => (call(), key()).prop_map(|(call, key)| Operation::Remove { call, key }),
        1 => call().prop_map(|call| Operation::RemoveAll { call }),
    ]
}

/// Gives the key to the call unless another one has it.
fn insert(model: &mut HashMap<Key, u32>, key: Key, call: u32) -> Result<(), KeyTaken> {
    match *model.entry(key).or_insert(call) {
        owner if owner == call => Ok(()),
        owner => Err(KeyTaken { call: owner }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_session_map_does_what_a_plain_map_does(
        capacity in 0_usize..20,
        operations in prop::collection::vec(operation(), 1..200),
    ) {
        let mut map = SessionMap::with_capacity(capacity, 77);
        let mut chains = [KeyChain::EMPTY; CALLS as usize];
        let mut model: HashMap<Key, u32> = HashMap::new();
        for operation in operations {
            match operation {
                Operation::Insert { call, key } => {
                    let chain = &mut chains[call as usize];
                    let found = map.insert(key.0, &key.1, call, chain);
                    prop_assert_eq!(found, insert(&mut model, key, call));
                }
                Operation::Rekey { call, old, new } => {
                    let chain = &mut chains[call as usize];
                    let found = map.rekey(old.0, &old.1, &new.1, call, chain);
                    let expected = insert(&mut model, new.clone(), call);
                    prop_assert_eq!(found, expected);
                    if expected.is_ok() && old != new && model.get(&old) == Some(&call) {
                        model.remove(&old);
                    }
                }
                Operation::Remove { call, key } => {
                    let found = map.remove(key.0, &key.1, &mut chains[call as usize]);
                    let expected = model.get(&key) == Some(&call);
                    if expected {
                        model.remove(&key);
                    }
                    prop_assert_eq!(found, expected);
                }
                Operation::RemoveAll { call } => {
                    map.remove_all(&mut chains[call as usize]);
                    model.retain(|_, owner| *owner != call);
                }
            }
            prop_assert_eq!(map.len(), model.len());
            for ((channel, key), &call) in &model {
                prop_assert_eq!(map.find(*channel, key), Some(call));
            }
        }
    }
}
