//! Which datagrams leave together.
//!
//! A train is a run of datagrams to one destination, all of one length but the last, which may be
//! shorter: what the kernel takes as one message with `UDP_SEGMENT` and cuts again. Trains leave in
//! the order of their numbers.

/// Datagrams of one train. Kernels take 64, those since Linux 6.9 take 128.
const SEGMENTS_MAX: u32 = 64;
/// Longest UDP payload over IPv4.
const TRAIN_BYTES_MAX: u32 = 65_507;
/// How many of the last trains are looked through for one that a datagram may join.
const SEARCH_MAX: usize = 16;
/// Places for the flows of a batch. Two flows that share one are kept in order with each other too.
const FLOW_PLACES: usize = 1024;
/// No datagram, no train.
pub(super) const NONE: u32 = u32::MAX;

/// One datagram in the octets of its batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Datagram {
    pub(super) start: u32,
    pub(super) length: u32,
    /// The next of its train.
    pub(super) next: u32,
}

/// Datagrams that leave together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Train {
    pub(super) destination: u32,
    /// The length of its datagrams.
    pub(super) size: u32,
    pub(super) bytes: u32,
    pub(super) count: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    /// It ends with a shorter datagram.
    ended: bool,
}

impl Train {
    pub(super) const fn new(destination: u32, size: u32, datagram: u32) -> Self {
        Self {
            destination,
            size,
            bytes: size,
            count: 1,
            first: datagram,
            last: datagram,
            ended: false,
        }
    }

    /// Whether one more datagram of that length may follow.
    const fn has_room(&self, length: u32) -> bool {
        let fits = self.count < SEGMENTS_MAX && self.bytes + length <= TRAIN_BYTES_MAX;
        fits && !self.ended && length > 0
    }

    pub(super) const fn join(&mut self, datagram: u32, length: u32) {
        self.bytes += length;
        self.count += 1;
        self.last = datagram;
        self.ended = length < self.size;
    }
}

/// How far a batch has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    train: usize,
    /// The next datagram of that train, or none when it is whole.
    datagram: u32,
}

/// What goes to the kernel as one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parcel {
    pub(super) first: u32,
    /// Datagrams in it: all of its train, or one.
    pub(super) datagrams: u32,
    /// Octets of each but the last.
    pub(super) size: u32,
    pub(super) bytes: u32,
    pub(super) destination: u32,
}

impl Cursor {
    pub(super) const START: Self = Self {
        train: 0,
        datagram: NONE,
    };

    /// The first train that may still take datagrams: not one of which some have left alone.
    pub(super) fn first_open(&self) -> usize {
        self.train + usize::from(self.datagram != NONE)
    }

    /// What leaves next, behind which the cursor then stands. Trains of datagrams longer than
    /// `segment_bytes_max` leave one datagram at a time.
    pub(super) fn step(
        &mut self,
        trains: &[Train],
        datagrams: &[Datagram],
        segment_bytes_max: usize,
    ) -> Option<Parcel> {
        let train = trains.get(self.train)?;
        let whole = self.datagram == NONE;
        if whole && train.count > 1 && train.size as usize <= segment_bytes_max {
            self.train += 1;
            return Some(Parcel {
                first: train.first,
                datagrams: train.count,
                size: train.size,
                bytes: train.bytes,
                destination: train.destination,
            });
        }
        let first = if whole { train.first } else { self.datagram };
        let datagram = datagrams[first as usize];
        self.datagram = datagram.next;
        self.train += usize::from(datagram.next == NONE);
        Some(Parcel {
            first,
            datagrams: 1,
            size: datagram.length,
            bytes: datagram.length,
            destination: train.destination,
        })
    }
}

/// What a destination's next datagram must not overtake.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    /// The last train to it.
    pub(super) last: u32,
    /// The train of the last datagram to it that belongs to no flow.
    barrier: u32,
}

impl Order {
    pub(super) const NEW: Self = Self {
        last: NONE,
        barrier: 0,
    };

    /// Notes that a datagram went into a train.
    pub(super) fn note(&mut self, train: u32, in_flow: bool) {
        self.last = match self.last {
            NONE => train,
            last => last.max(train),
        };
        if !in_flow {
            self.barrier = train;
        }
    }
}

/// The last train of each flow in this batch.
#[derive(Debug)]
pub(super) struct Flows {
    /// Batch and train; none before the first flow.
    places: Vec<(u32, u32)>,
    batch: u32,
}

impl Flows {
    pub(super) const fn new() -> Self {
        Self {
            places: Vec::new(),
            batch: 1,
        }
    }

    /// Begins a new batch.
    pub(super) fn clear(&mut self) {
        self.batch = self.batch.wrapping_add(1);
        if self.batch == 0 {
            self.places.fill((0, 0));
            self.batch = 1;
        }
    }

    fn last(&self, flow: u32) -> u32 {
        match self.places.get(flow as usize % FLOW_PLACES) {
            Some(&(batch, train)) if batch == self.batch => train,
            _ => 0,
        }
    }

    pub(super) fn note(&mut self, flow: u32, train: u32) {
        self.places.resize(FLOW_PLACES, (0, 0));
        self.places[flow as usize % FLOW_PLACES] = (self.batch, train);
    }

    /// The train that a datagram of a flow may join: none that left (`open` is the first that has
    /// not), none before the flow's last one, of exactly that length.
    pub(super) fn find(
        &self,
        trains: &[Train],
        open: usize,
        (destination, order): (u32, Order),
        (flow, length): (u32, u32),
    ) -> Option<u32> {
        let searched = trains.len().saturating_sub(SEARCH_MAX);
        let first = (order.barrier.max(self.last(flow)) as usize)
            .max(open)
            .max(searched);
        let may_join = |train: &Train| {
            train.destination == destination && train.size == length && train.has_room(length)
        };
        let found = trains.get(first..)?.iter().position(may_join)?;
        Some((first + found) as u32)
    }
}

/// The train that a datagram may join when it must not overtake anything to its destination: the
/// last one.
pub(super) fn find_in_order(
    trains: &[Train],
    open: usize,
    order: Order,
    length: u32,
) -> Option<u32> {
    let train = trains.get(order.last as usize)?;
    let may_join = order.last as usize >= open && length <= train.size && train.has_room(length);
    may_join.then_some(order.last)
}
