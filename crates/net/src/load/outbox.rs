//! Datagrams on their way to the kernel.

use std::net::SocketAddr;

use super::system::{Name, SendBatch, SendHeaders};
use super::trains::{Cursor, Datagram, Flows, NONE, Order, Parcel, Train, find_in_order};

/// A batch of so many trains, datagrams or octets is sent without waiting for more. More trains in
/// one call cost more each, not less: what they touch leaves the processor's cache.
const BATCH_TRAINS_MAX: usize = 64;
const BATCH_DATAGRAMS_MAX: usize = 512;
const BATCH_BYTES_MAX: usize = 512 * 1024;
/// A batch that has grown beyond this because the system took nothing gives its memory back.
const KEPT_BYTES_MAX: usize = 4 * BATCH_BYTES_MAX;
/// Counted with each datagram that waits, so that many short ones are bounded too.
const OVERHEAD_BYTES: usize = 64;
/// Of the destinations of a batch, so many are looked through for the one of a datagram.
const DESTINATION_SEARCH_MAX: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Destination {
    address: SocketAddr,
    name: Name,
    order: Order,
}

/// The batch of one port: datagrams in trains. It is used again once everything has left.
#[derive(Debug)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    datagrams: Vec<Datagram>,
    trains: Vec<Train>,
    destinations: Vec<Destination>,
    flows: Flows,
    cursor: Cursor,
    unsent_datagrams: usize,
    unsent_bytes: usize,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            datagrams: Vec::new(),
            trains: Vec::new(),
            destinations: Vec::new(),
            flows: Flows::new(),
            cursor: Cursor::START,
            unsent_datagrams: 0,
            unsent_bytes: 0,
        }
    }
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.unsent_datagrams == 0
    }

    pub(super) fn unsent_datagrams(&self) -> usize {
        self.unsent_datagrams
    }

    /// Whether so many octets more stay within the bound.
    pub(super) fn has_room(&self, length: usize, unsent_bytes_max: usize) -> bool {
        let overhead = (self.unsent_datagrams + 1) * OVERHEAD_BYTES;
        self.unsent_bytes + length + overhead <= unsent_bytes_max
    }

    /// Whether the batch should leave now.
    pub(super) fn is_full(&self) -> bool {
        self.trains.len() >= BATCH_TRAINS_MAX
            || self.unsent_datagrams >= BATCH_DATAGRAMS_MAX
            || self.unsent_bytes >= BATCH_BYTES_MAX
    }

    /// Adds a datagram behind all others to its destination; with a flow, only behind those of its
    /// flow and those without one. Datagrams up to `segment_bytes_max` octets travel in trains.
    pub(super) fn append(
        &mut self,
        to: SocketAddr,
        name: impl FnOnce() -> Name,
        flow: Option<u32>,
        segment_bytes_max: usize,
        parts: &[&[u8]],
    ) {
        let start = self.bytes.len();
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        let length = self.bytes.len() - start;
        self.unsent_datagrams += 1;
        self.unsent_bytes += length;
        let (start, length) = (start as u32, length as u32);
        let datagram = self.datagrams.len() as u32;
        self.datagrams.push(Datagram {
            start,
            length,
            next: NONE,
        });
        let destination = self.destination(to, name);
        let joined = (length as usize <= segment_bytes_max)
            .then(|| self.train_for(destination, flow, length))
            .flatten();
        let train = joined.unwrap_or(self.trains.len() as u32);
        match self.trains.get_mut(train as usize) {
            Some(train) => {
                self.datagrams[train.last as usize].next = datagram;
                train.join(datagram, length);
            }
            None => self.trains.push(Train::new(destination, length, datagram)),
        }
        let order = &mut self.destinations[destination as usize].order;
        order.note(train, flow.is_some());
        if let Some(flow) = flow {
            self.flows.note(flow, train);
        }
    }

    /// Puts what is to leave next into a call, as many messages as fit.
    pub(super) fn fill<'a>(
        &'a self,
        headers: &'a mut SendHeaders,
        segment_bytes_max: usize,
    ) -> SendBatch<'a> {
        let mut batch = headers.begin(&self.bytes);
        let mut cursor = self.cursor;
        while let Some(parcel) = self.step(&mut cursor, segment_bytes_max) {
            if !batch.has_room(parcel.datagrams as usize) {
                break;
            }
            let segment = (parcel.datagrams > 1).then_some(parcel.size as u16);
            batch.message(
                &self.destinations[parcel.destination as usize].name,
                segment,
            );
            let mut next = parcel.first;
            for _ in 0..parcel.datagrams {
                let datagram = self.datagrams[next as usize];
                let start = datagram.start as usize;
                batch.part(start..start + datagram.length as usize);
                next = datagram.next;
            }
        }
        batch
    }

    /// What the next message of a call is.
    pub(super) fn next(&self, segment_bytes_max: usize) -> Option<Parcel> {
        self.step(&mut self.cursor.clone(), segment_bytes_max)
    }

    pub(super) fn destination_of(&self, parcel: Parcel) -> SocketAddr {
        self.destinations[parcel.destination as usize].address
    }

    /// Notes that the next message has left, or has been given up.
    pub(super) fn advance(&mut self, segment_bytes_max: usize) -> Option<Parcel> {
        let mut cursor = self.cursor;
        let parcel = self.step(&mut cursor, segment_bytes_max)?;
        self.cursor = cursor;
        self.unsent_datagrams -= parcel.datagrams as usize;
        self.unsent_bytes -= parcel.bytes as usize;
        Some(parcel)
    }

    /// Makes the batch new when everything has left, and gives the memory of what has left back
    /// when that is more than what waits.
    pub(super) fn tidy(&mut self) {
        if self.is_empty() {
            if self.bytes.capacity() > KEPT_BYTES_MAX {
                *self = Self::default();
            }
            self.bytes.clear();
            self.datagrams.clear();
            self.trains.clear();
            self.destinations.clear();
            self.flows.clear();
            self.cursor = Cursor::START;
            return;
        }
        if self.bytes.len() < 2 * self.unsent_bytes.max(BATCH_BYTES_MAX) {
            return;
        }
        let old = std::mem::take(self);
        let mut cursor = old.cursor;
        while let Some(parcel) = old.step(&mut cursor, 0) {
            let datagram = old.datagrams[parcel.first as usize];
            let destination = &old.destinations[parcel.destination as usize];
            let bytes = &old.bytes[datagram.start as usize..][..datagram.length as usize];
            self.append(destination.address, || destination.name, None, 0, &[bytes]);
        }
    }

    fn step(&self, cursor: &mut Cursor, segment_bytes_max: usize) -> Option<Parcel> {
        cursor.step(&self.trains, &self.datagrams, segment_bytes_max)
    }

    fn train_for(&self, destination: u32, flow: Option<u32>, length: u32) -> Option<u32> {
        let order = self.destinations[destination as usize].order;
        let open = self.cursor.first_open();
        match flow {
            Some(flow) => {
                let to = (destination, order);
                self.flows.find(&self.trains, open, to, (flow, length))
            }
            None => find_in_order(&self.trains, open, order, length),
        }
    }

    fn destination(&mut self, to: SocketAddr, name: impl FnOnce() -> Name) -> u32 {
        let first = self
            .destinations
            .len()
            .saturating_sub(DESTINATION_SEARCH_MAX);
        let known = self.destinations[first..]
            .iter()
            .rposition(|destination| destination.address == to);
        if let Some(known) = known {
            return (first + known) as u32;
        }
        self.destinations.push(Destination {
            address: to,
            name: name(),
            order: Order::NEW,
        });
        self.destinations.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENTS: usize = 1472;

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn put(outbox: &mut Outbox, port: u16, flow: Option<u32>, bytes: &[u8]) {
        let to = address(port);
        outbox.append(to, || Name::new(to, false), flow, SEGMENTS, &[bytes]);
    }

    /// The messages that would go to the kernel: port and datagrams.
    fn messages(outbox: &Outbox, segment_bytes_max: usize) -> Vec<(u16, Vec<Vec<u8>>)> {
        let mut headers = SendHeaders::new();
        let batch = outbox.fill(&mut headers, segment_bytes_max);
        (0..batch.messages())
            .map(|index| batch.datagrams(index))
            .map(|(to, datagrams)| (to.port(), datagrams))
            .collect()
    }

    fn shapes(outbox: &Outbox, segment_bytes_max: usize) -> Vec<(u16, Vec<usize>)> {
        messages(outbox, segment_bytes_max)
            .into_iter()
            .map(|(port, datagrams)| (port, datagrams.iter().map(Vec::len).collect()))
            .collect()
    }

    #[test]
    fn trains_are_of_one_length_and_end_with_a_shorter_one() {
        let mut outbox = Outbox::default();
        for length in [400, 400, 300, 300, 310, 0, 0, 2000, 2000] {
            put(&mut outbox, 1, None, &vec![7; length]);
        }
        let expected = [
            (1, vec![400, 400, 300]),
            (1, vec![300]),
            (1, vec![310]),
            (1, vec![0]),
            (1, vec![0]),
            (1, vec![2000]),
            (1, vec![2000]),
        ];
        assert_eq!(shapes(&outbox, SEGMENTS), expected);
        assert_eq!(messages(&outbox, 0).len(), 9);
    }

    #[test]
    fn destinations_have_trains_of_their_own() {
        let mut outbox = Outbox::default();
        for port in [1, 2, 1, 2, 3] {
            put(&mut outbox, port, None, &[9; 100]);
        }
        let expected = [(1, vec![100, 100]), (2, vec![100, 100]), (3, vec![100])];
        assert_eq!(shapes(&outbox, SEGMENTS), expected);
    }

    #[test]
    fn flows_keep_their_own_order_and_share_trains() {
        let mut outbox = Outbox::default();
        for flow in 0..3_u8 {
            put(&mut outbox, 1, Some(flow.into()), &[b'a', flow]);
            put(&mut outbox, 1, Some(flow.into()), &[b'b', flow, 0]);
        }
        put(&mut outbox, 1, None, b"barrier");
        put(&mut outbox, 1, Some(0), &[b'c', 0]);
        let sent = messages(&outbox, SEGMENTS);
        let heads: Vec<String> = sent
            .iter()
            .map(|(_, train)| {
                train
                    .iter()
                    .map(|datagram| char::from(datagram[0]))
                    .collect()
            })
            .collect();
        assert_eq!(heads, ["aaa", "bbb", "b", "c"]);
        assert_eq!(sent[0].1, [[b'a', 0], [b'a', 1], [b'a', 2]]);
    }

    #[test]
    fn seeded_mixtures_keep_the_order_of_peers_and_of_flows() {
        for seed in 0..200 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut outbox = Outbox::default();
            let in_flows = seed % 2 == 0;
            let mut sent = Vec::new();
            for number in 0..300_u16 {
                let (port, flow) = (random.u16(1..12), random.u32(0..20));
                let flow = (in_flows && random.u8(0..10) > 0).then_some(flow);
                let mut bytes = vec![0; random.usize(4..9) * 10];
                bytes[..2].copy_from_slice(&number.to_be_bytes());
                bytes[2] = flow.map_or(255, |flow| flow as u8);
                put(&mut outbox, port, flow, &bytes);
                sent.push((port, bytes));
            }
            let mut arrived: Vec<(u16, Vec<u8>)> = Vec::new();
            while !outbox.is_empty() {
                let batch = messages(&outbox, SEGMENTS);
                let taken = random.usize(1..=batch.len());
                for (port, datagrams) in batch.into_iter().take(taken) {
                    arrived.extend(datagrams.into_iter().map(|bytes| (port, bytes)));
                    outbox.advance(SEGMENTS).expect("not empty");
                }
                outbox.tidy();
            }
            check_order(&sent, &arrived, seed);
        }
    }

    /// Datagrams without a flow are in order with all to their peer, others with their flow.
    fn check_order(sent: &[(u16, Vec<u8>)], arrived: &[(u16, Vec<u8>)], seed: u64) {
        let ordered = |list: &[(u16, Vec<u8>)], port: u16, flow: u8| -> Vec<Vec<u8>> {
            list.iter()
                .filter(|(to, bytes)| *to == port && (bytes[2] == flow || bytes[2] == 255))
                .map(|(_, bytes)| bytes.clone())
                .collect()
        };
        assert_eq!(sent.len(), arrived.len(), "seed {seed}");
        for (port, flow) in (1..12).flat_map(|port| (0..20).map(move |flow| (port, flow))) {
            let (sent, arrived) = (ordered(sent, port, flow), ordered(arrived, port, flow));
            assert_eq!(sent, arrived, "seed {seed}, port {port}, flow {flow}");
        }
    }

    #[test]
    fn what_waits_is_bounded_and_memory_of_what_left_comes_back() {
        let mut outbox = Outbox::default();
        for number in 0..4000_u16 {
            assert!(outbox.has_room(1000, 8 << 20));
            let mut bytes = [0; 1000];
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            put(&mut outbox, 1, None, &bytes);
        }
        assert!(outbox.is_full() && !outbox.has_room(1000, 4 << 20));
        for _ in 0..3000 {
            outbox.advance(0);
        }
        outbox.tidy();
        assert_eq!(
            (outbox.unsent_datagrams(), outbox.bytes.len()),
            (1000, 1_000_000)
        );
        assert_eq!(messages(&outbox, 0)[0].1[0][..2], 3000_u16.to_be_bytes());
        while outbox.advance(0).is_some() {}
        outbox.tidy();
        assert!(outbox.bytes.capacity() <= KEPT_BYTES_MAX);
    }
}
