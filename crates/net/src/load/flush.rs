//! Sending a batch of datagrams, whatever the system says to it.

use std::io;

use super::counters::PortCounters;
use super::event::SendFailure;
use super::outbox::Outbox;
use super::port::{Flushed, Report, Reports};
use super::slots::PortId;
use super::system::{SendBatch, SendHeaders};

/// A send that meets an ICMP error of an earlier datagram sends nothing and clears that error; it
/// is tried again as long as there may be another one.
const SEND_ATTEMPTS_MAX: usize = 8;
/// When trains of datagrams this short are refused, the reason is not the size of the network's
/// packets: every network carries them (RFC 791 3.1).
const SEGMENT_BYTES_MIN: usize = 548;

/// One attempt to send a batch.
#[derive(Debug)]
pub(super) struct Flush<'a> {
    id: PortId,
    outbox: &'a mut Outbox,
    segment_bytes_max: usize,
    /// A train was refused: the bound that holds if its datagrams are taken one by one.
    suspicion: Option<usize>,
    /// The bound of the port.
    confirmed: &'a mut usize,
    counters: &'a mut PortCounters,
    reports: &'a mut Reports,
    /// Sends that met reports of the network.
    attempts: usize,
}

impl<'a> Flush<'a> {
    /// `segment_bytes_max` is the bound of the port, which changes when the system refuses trains.
    pub(super) fn new(
        id: PortId,
        outbox: &'a mut Outbox,
        segment_bytes_max: &'a mut usize,
        counters: &'a mut PortCounters,
        reports: &'a mut Reports,
    ) -> Self {
        Self {
            id,
            outbox,
            segment_bytes_max: *segment_bytes_max,
            suspicion: None,
            confirmed: segment_bytes_max,
            counters,
            reports,
            attempts: 0,
        }
    }

    /// Every datagram leaves by itself.
    pub(super) fn leave_trains_out(&mut self) {
        self.segment_bytes_max = 0;
    }

    /// Whether reports of the network wait in the socket's error queue.
    pub(super) fn met_reports(&self) -> bool {
        self.attempts > 0
    }

    /// Sends as far as the system takes it. `send` stands for the system, which takes as many
    /// messages as it can.
    pub(super) fn run(
        &mut self,
        headers: &mut SendHeaders,
        send: &mut dyn FnMut(&SendBatch<'_>) -> io::Result<usize>,
    ) -> Flushed {
        let mut attempts_left = SEND_ATTEMPTS_MAX;
        while !self.outbox.is_empty() {
            let batch = self.outbox.fill(headers, self.segment_bytes_max);
            self.counters.send_calls += 1;
            let error = match send(&batch) {
                Ok(taken) => {
                    self.note_sent(taken);
                    attempts_left = SEND_ATTEMPTS_MAX;
                    continue;
                }
                Err(error) => error,
            };
            match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock => {
                    self.counters.would_block += 1;
                    return Flushed::Blocked;
                }
                _ if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    self.counters.would_block += 1;
                    return Flushed::Congested;
                }
                _ if is_from_network(&error) && attempts_left > 0 => {
                    attempts_left -= 1;
                    self.attempts += 1;
                }
                _ => {
                    self.give_up(error);
                    attempts_left = SEND_ATTEMPTS_MAX;
                }
            }
        }
        Flushed::All
    }

    fn note_sent(&mut self, messages: usize) {
        if let Some(bound) = self.suspicion.take() {
            *self.confirmed = bound;
        }
        for _ in 0..messages {
            if let Some(parcel) = self.outbox.advance(self.segment_bytes_max) {
                self.counters.datagrams_sent += u64::from(parcel.datagrams);
                self.counters.bytes_sent += u64::from(parcel.bytes);
            }
        }
    }

    /// The system refuses the next message: a train is taken apart, a datagram is given up.
    fn give_up(&mut self, error: io::Error) {
        let Some(parcel) = self.outbox.next(self.segment_bytes_max) else {
            return;
        };
        if parcel.datagrams > 1 {
            let size = parcel.size as usize;
            let too_long = matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EMSGSIZE));
            let bound = if too_long && size > SEGMENT_BYTES_MIN {
                size - 1
            } else {
                0
            };
            self.suspicion = Some(bound);
            self.segment_bytes_max = bound;
            return;
        }
        let to = self.outbox.destination_of(parcel);
        self.outbox.advance(self.segment_bytes_max);
        if self.suspicion.take().is_some() {
            // The same alone: trains are not to blame.
            self.segment_bytes_max = *self.confirmed;
        }
        let failures = &mut self.counters.send_failures;
        match error.kind() {
            _ if error.raw_os_error() == Some(libc::EMSGSIZE) => failures.too_long += 1,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
                failures.no_route += 1;
            }
            _ => failures.other += 1,
        }
        self.reports.push(Report::SendFailed {
            port: self.id,
            to: Some(to),
            failure: SendFailure::Io(error),
        });
    }
}

/// Errors that ICMP brings about.
fn is_from_network(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(
        error.kind(),
        ConnectionRefused | HostUnreachable | NetworkUnreachable
    )
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::system::Name;
    use super::*;

    /// A system that does as it is told, and what it took.
    struct System<F> {
        answer: F,
        taken: Vec<Vec<u8>>,
    }

    impl<F: FnMut(&[Vec<Vec<u8>>]) -> io::Result<usize>> System<F> {
        fn send(&mut self, batch: &SendBatch<'_>) -> io::Result<usize> {
            let messages: Vec<_> = (0..batch.messages())
                .map(|index| batch.datagrams(index).1)
                .collect();
            let count = (self.answer)(&messages)?;
            self.taken
                .extend(messages.into_iter().take(count).flatten());
            Ok(count)
        }
    }

    /// A batch with its surroundings.
    struct Bench {
        outbox: Outbox,
        segment_bytes_max: usize,
        counters: PortCounters,
        reports: Reports,
    }

    impl Bench {
        fn new(datagrams: &[Vec<u8>]) -> Self {
            let mut outbox = Outbox::default();
            let to: SocketAddr = ([127, 0, 0, 1], 5060).into();
            for bytes in datagrams {
                outbox.append(to, || Name::new(to, false), None, 9000, &[bytes]);
            }
            Self {
                outbox,
                segment_bytes_max: 9000,
                counters: PortCounters::default(),
                reports: Reports::default(),
            }
        }

        fn flush(&mut self, send: &mut dyn FnMut(&SendBatch<'_>) -> io::Result<usize>) -> Flushed {
            let bound = &mut self.segment_bytes_max;
            let (outbox, counters) = (&mut self.outbox, &mut self.counters);
            let id = PortId::from_number(0);
            let mut flush = Flush::new(id, outbox, bound, counters, &mut self.reports);
            let outcome = flush.run(&mut SendHeaders::new(), send);
            self.outbox.tidy();
            outcome
        }
    }

    fn error(number: i32) -> io::Error {
        io::Error::from_raw_os_error(number)
    }

    fn numbered(lengths: &[usize]) -> Vec<Vec<u8>> {
        (0_u8..)
            .zip(lengths)
            .map(|(number, &length)| vec![number; length])
            .collect()
    }

    #[test]
    fn a_full_system_loses_nothing_and_changes_no_order() {
        for seed in 0..50 {
            let mut random = fastrand::Rng::with_seed(seed);
            let lengths: Vec<usize> = (0..200).map(|_| random.usize(1..4) * 100).collect();
            let datagrams = numbered(&lengths);
            let mut bench = Bench::new(&datagrams);
            let mut system = System {
                answer: |messages: &[Vec<Vec<u8>>]| match random.u8(0..3) {
                    0 => Err(error(libc::EAGAIN)),
                    1 => Err(error(libc::ENOBUFS)),
                    _ => Ok(random.usize(1..=messages.len())),
                },
                taken: Vec::new(),
            };
            let mut waits = 0;
            while bench.flush(&mut |batch| system.send(batch)) != Flushed::All {
                waits += 1;
            }
            assert_eq!(system.taken, datagrams, "seed {seed}");
            assert_eq!(bench.counters.would_block, waits, "seed {seed}");
            assert_eq!(bench.counters.datagrams_sent, 200);
        }
    }

    #[test]
    fn refused_trains_are_taken_apart_and_remembered() {
        // Longer than 1000 octets the network does not take segments.
        let datagrams = numbered(&[1200, 1200, 1200, 900, 900, 900]);
        let mut bench = Bench::new(&datagrams);
        let mut calls = Vec::new();
        let mut system = System {
            answer: |messages: &[Vec<Vec<u8>>]| {
                calls.push(messages.iter().map(Vec::len).collect::<Vec<_>>());
                let refused = |train: &Vec<Vec<u8>>| train.len() > 1 && train[0].len() > 1000;
                match messages.iter().position(refused) {
                    Some(0) => Err(error(libc::EINVAL)),
                    Some(others) => Ok(others),
                    None => Ok(messages.len()),
                }
            },
            taken: Vec::new(),
        };
        assert_eq!(bench.flush(&mut |batch| system.send(batch)), Flushed::All);
        assert_eq!(system.taken, datagrams);
        // The last of 1200 octets has one of 900 behind it, which makes it a train that ends.
        assert_eq!(calls, [vec![4, 2], vec![1, 1, 1, 1, 2]]);
        assert_eq!(bench.segment_bytes_max, 1199);
        assert_eq!(bench.counters.send_failures.total(), 0);
    }

    #[test]
    fn a_bad_destination_does_not_end_segmentation() {
        let mut bench = Bench::new(&numbered(&[100, 100]));
        let outcome = bench.flush(&mut |_| Err(error(libc::EINVAL)));
        assert_eq!((outcome, bench.segment_bytes_max), (Flushed::All, 9000));
        assert_eq!(bench.counters.send_failures.other, 2);
        assert_eq!(bench.reports.count(), 2);
    }

    #[test]
    fn a_kernel_without_segmentation_still_sends() {
        let datagrams = numbered(&[400, 400, 400]);
        let mut bench = Bench::new(&datagrams);
        let mut system = System {
            answer: |messages: &[Vec<Vec<u8>>]| match &messages[0][..] {
                [_] => Ok(messages.len()),
                _ => Err(error(libc::EIO)),
            },
            taken: Vec::new(),
        };
        assert_eq!(bench.flush(&mut |batch| system.send(batch)), Flushed::All);
        assert_eq!((system.taken, bench.segment_bytes_max), (datagrams, 0));
    }

    #[test]
    fn reports_about_one_peer_do_not_stop_the_others() {
        let datagrams = numbered(&[10, 20, 30]);
        let mut bench = Bench::new(&datagrams);
        let mut odd = false;
        let mut system = System {
            answer: |_: &[Vec<Vec<u8>>]| {
                odd = !odd;
                if odd {
                    Err(error(libc::ECONNREFUSED))
                } else {
                    Ok(1)
                }
            },
            taken: Vec::new(),
        };
        assert_eq!(bench.flush(&mut |batch| system.send(batch)), Flushed::All);
        assert_eq!(system.taken, datagrams);
    }

    #[test]
    fn what_the_system_refuses_is_counted_by_reason() {
        let cases = [
            (libc::EMSGSIZE, [1, 0, 0]),
            (libc::ENETUNREACH, [0, 1, 0]),
            (libc::EHOSTUNREACH, [0, 1, 0]),
            (libc::EACCES, [0, 0, 1]),
        ];
        for (number, expected) in cases {
            let mut bench = Bench::new(&numbered(&[10]));
            assert_eq!(bench.flush(&mut |_| Err(error(number))), Flushed::All);
            let failures = bench.counters.send_failures;
            let counts = [failures.too_long, failures.no_route, failures.other];
            assert_eq!(counts, expected);
            let failed = matches!(bench.reports.pop(), Some(Report::SendFailed { .. }));
            assert!(failed && bench.outbox.is_empty());
        }
    }
}
