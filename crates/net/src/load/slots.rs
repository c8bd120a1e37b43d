//! Ports by number.

/// Names a port of one [`Ports`](super::Ports). After the port is closed it names nothing, even
/// when its place has been given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortId {
    index: u32,
    generation: u32,
}

impl PortId {
    /// Both parts in one number, for layers that know no sockets.
    #[must_use]
    pub const fn number(self) -> u64 {
        (self.generation as u64) << 32 | self.index as u64
    }

    /// The port with this number. One that never was, or is closed, is like none.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self {
            index: number as u32,
            generation: (number >> 32) as u32,
        }
    }
}

/// Values that keep their places, each with the generation of its place.
#[derive(Debug)]
pub(super) struct Slots<T> {
    places: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Slots<T> {
    pub(super) const fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// The name that the next value gets.
    pub(super) fn next_id(&self) -> PortId {
        let index = self.free.last().copied();
        let index = index.unwrap_or(self.places.len() as u32);
        let generation = self.places.get(index as usize).map_or(0, |place| place.0);
        PortId { index, generation }
    }

    /// Puts a value where [`next_id`](Self::next_id) said.
    pub(super) fn insert(&mut self, value: T) -> PortId {
        let id = self.next_id();
        if self.free.pop().is_some() {
            self.places[id.index as usize].1 = Some(value);
        } else {
            self.places.push((id.generation, Some(value)));
        }
        id
    }

    pub(super) fn get(&self, id: PortId) -> Option<&T> {
        let (generation, value) = self.places.get(id.index as usize)?;
        value.as_ref().filter(|_| *generation == id.generation)
    }

    pub(super) fn get_mut(&mut self, id: PortId) -> Option<&mut T> {
        let (generation, value) = self.places.get_mut(id.index as usize)?;
        value.as_mut().filter(|_| *generation == id.generation)
    }

    pub(super) fn remove(&mut self, id: PortId) -> Option<T> {
        let (generation, value) = self.places.get_mut(id.index as usize)?;
        if *generation != id.generation {
            return None;
        }
        let value = value.take()?;
        *generation = generation.wrapping_add(1);
        self.free.push(id.index);
        Some(value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(|(_, value)| value.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_dies_with_its_value() {
        let mut slots = Slots::new();
        let first = slots.insert("first");
        let second = slots.insert("second");
        assert_eq!(slots.remove(first), Some("first"));
        let third = slots.insert("third");
        assert_eq!(slots.get(first), None);
        assert_eq!(slots.remove(first), None);
        assert_eq!(slots.get(second), Some(&"second"));
        assert_eq!(slots.get_mut(third), Some(&mut "third"));
        assert_eq!(PortId::from_number(third.number()), third);
        assert_eq!((slots.count(), slots.values().count()), (2, 2));
    }
}
