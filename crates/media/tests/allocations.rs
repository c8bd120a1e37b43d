//! In steady state a G.711 session allocates nothing: not for what it sends, not for what it
//! receives, not while packets overtake each other.

#![expect(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

#[expect(dead_code, reason = "the bench is made for the other tests too")]
mod bench;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use bench::{Bench, LEFT, RIGHT, ms, rtp_address, secs};
use gannet_media::offer_answer::Security;
use gannet_media::srtp::{CryptoLine, MasterKey, Suite};
use gannet_media::{Codec, Mark, Source};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn note() {
    // The end of a thread frees what is counted here no more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is left to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as in `alloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Packets that are sent and received while nothing may be allocated.
const COUNTED: u32 = 800;
/// Those before, in which all room is made.
const WARM_UP: u32 = 200;

/// Sends packets from one end to the other, each second pair in the wrong order, and gives how often
/// memory was asked for in the counted ones.
fn allocations(codec: Codec, source: Source, overtaking: bool) -> u64 {
    secured_allocations(codec, source, overtaking, None)
}

fn secured_allocations(
    codec: Codec,
    source: Source,
    overtaking: bool,
    suite: Option<Suite>,
) -> u64 {
    let mut bench = Bench::with(
        |end, config| {
            if let Some(suite) = suite {
                let line = |end: usize| {
                    let mut rng = fastrand::Rng::with_seed(end as u64);
                    let key = MasterKey::random(suite, &mut rng);
                    Box::new(CryptoLine::new(1, suite, key))
                };
                let (local, remote) = (line(end), line(1 - end));
                config.negotiated.security = Security::Sdes { local, remote };
            }
            // RTCP is written anew each time, but seldom; timeline and sound are full after a second.
            config.rtcp_interval = None;
            config.timeline_kept = secs(1);
            config.sound_kept = secs(1);
        },
        codec,
    );
    bench.ends[LEFT].set_source(source, bench.start);
    let mut held = Vec::with_capacity(2048);
    let mut datagram = Vec::with_capacity(2048);
    let mut before = 0;
    for number in 0..WARM_UP + COUNTED {
        if number == WARM_UP {
            before = ALLOCATIONS.with(Cell::get);
        }
        while bench.ends[LEFT]
            .poll_transmit(bench.now, &mut datagram)
            .is_some()
        {
            if overtaking && number % 4 == 0 {
                held.clear();
                held.extend_from_slice(&datagram);
                continue;
            }
            let (now, from) = (bench.now, rtp_address(LEFT));
            bench.ends[RIGHT].handle_datagram(now, from, &datagram);
            if !held.is_empty() {
                bench.ends[RIGHT].handle_datagram(now, from, &held);
                held.clear();
            }
        }
        bench.now += ms(20);
    }
    let counted = ALLOCATIONS.with(Cell::get) - before;
    let report = bench.ends[RIGHT].report();
    let stream = report.main_stream().expect("a stream");
    assert!(
        stream.decoded >= u64::from(WARM_UP + COUNTED) - 4,
        "{}",
        stream.decoded
    );
    assert_eq!(stream.reordered > 0, overtaking);
    counted
}

#[test]
fn g711_allocates_nothing_for_a_packet() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        assert_eq!(
            allocations(codec, Source::Mark(Mark::nth(1)), false),
            0,
            "{codec}"
        );
    }
    let file = Source::repeated(vec![500; 12_345]);
    assert_eq!(allocations(Codec::Pcmu, file.clone(), false), 0);
    assert_eq!(allocations(Codec::Pcmu, file, true), 0);
}

#[test]
fn srtp_allocates_nothing_for_a_packet() {
    for suite in Suite::ALL {
        let file = Source::repeated(vec![500; 12_345]);
        let counted = secured_allocations(Codec::Pcmu, file, true, Some(suite));
        assert_eq!(counted, 0, "{}", suite.name());
    }
}

#[test]
fn wide_codecs_without_a_model_of_the_voice_allocate_nothing_either() {
    let file = Source::repeated(vec![500; 12_345]);
    assert_eq!(allocations(Codec::G722, file, false), 0);
    let l16 = Codec::L16 {
        sample_rate: 16_000,
        channels: 1,
    };
    assert_eq!(allocations(l16, Source::Mark(Mark::nth(1)), true), 0);
}
