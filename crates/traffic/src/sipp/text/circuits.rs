//! Circuits of `-tdmmap`, one for each open call.

use crate::shard::push_decimal;
use crate::sipp::TdmMap;

/// Which circuits are in use.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Circuits {
    used: Vec<bool>,
}

impl Circuits {
    /// All of a map, free.
    pub(in crate::sipp) fn new(map: Option<&TdmMap>) -> Self {
        let count = map.map_or(0, |map| {
            let [first, second, third] = widths(map);
            usize::try_from(first.saturating_mul(second).saturating_mul(third)).unwrap_or(0)
        });
        Self {
            used: vec![false; count.min(CIRCUITS_MAX)],
        }
    }

    /// The first free circuit; `None` if there is none.
    pub(in crate::sipp) fn take(&mut self) -> Option<u32> {
        let free = self.used.iter().position(|used| !used)?;
        self.used[free] = true;
        u32::try_from(free).ok()
    }

    /// Which are in use.
    pub(in crate::sipp) fn in_use(&self) -> &[bool] {
        &self.used
    }

    /// A circuit is free again.
    pub(in crate::sipp) fn give(&mut self, circuit: u32) {
        if let Some(used) = self.used.get_mut(circuit as usize) {
            *used = false;
        }
    }
}

/// The most circuits.
const CIRCUITS_MAX: usize = 1 << 20;

/// Appends `first.fixed.second/third` of a circuit.
pub(super) fn push(out: &mut Vec<u8>, map: &TdmMap, circuit: u32) {
    let [first, second, third] = widths(map);
    let circuit = u64::from(circuit);
    let parts = [
        (
            u64::from(map.first.0) + circuit / (second * third) % first,
            b'.',
        ),
        (u64::from(map.fixed), b'.'),
        (u64::from(map.second.0) + circuit / third % second, b'/'),
    ];
    for (part, mark) in parts {
        push_decimal(out, part);
        out.push(mark);
    }
    push_decimal(out, u64::from(map.third.0) + circuit % third);
}

/// How many values each part has.
fn widths(map: &TdmMap) -> [u64; 3] {
    [map.first, map.second, map.third]
        .map(|(from, to)| u64::from(to).saturating_sub(u64::from(from)) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circuits_are_counted_from_the_last_part_and_used_again() {
        let map = TdmMap {
            first: (0, 1),
            fixed: 99,
            second: (5, 6),
            third: (1, 3),
        };
        let mut circuits = Circuits::new(Some(&map));
        let mut texts = Vec::new();
        while let Some(circuit) = circuits.take() {
            let mut out = Vec::new();
            push(&mut out, &map, circuit);
            texts.push(String::from_utf8(out).expect("digits"));
        }
        assert_eq!(texts.len(), 12);
        assert_eq!(
            [&texts[0], &texts[1], &texts[3], &texts[11]],
            ["0.99.5/1", "0.99.5/2", "0.99.6/1", "1.99.6/3"]
        );
        circuits.give(4);
        assert_eq!((circuits.take(), circuits.take()), (Some(4), None));
        assert_eq!(Circuits::new(None).take(), None);
    }
}
