//! What a packet costs a session: making it, and taking it in with all that is heard of it.

#[expect(dead_code, reason = "the bench of the tests is made for more")]
#[path = "../tests/bench/mod.rs"]
mod bench;

use bench::{Bench, LEFT, RIGHT, ms, rtp_address, secs};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gannet_media::{Codec, Mark, Source};

/// A bench of two ends whose rooms are made, and a packet's octets.
fn warm(codec: Codec) -> (Bench, Vec<u8>) {
    let mut bench = Bench::with(
        |_, config| {
            config.timeline_kept = secs(10);
            config.sound_kept = secs(1);
        },
        codec,
    );
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(1)), bench.start);
    let mut datagram = Vec::with_capacity(2_048);
    for _ in 0..1_000 {
        both(&mut bench, &mut datagram);
    }
    (bench, datagram)
}

/// A packet leaves one end.
fn send(bench: &mut Bench, datagram: &mut Vec<u8>) -> bool {
    let sent = bench.ends[LEFT].poll_transmit(bench.now, datagram);
    bench.now += ms(20);
    sent.is_some()
}

/// A packet leaves one end and comes to the other.
fn both(bench: &mut Bench, datagram: &mut Vec<u8>) {
    while bench.ends[LEFT]
        .poll_transmit(bench.now, datagram)
        .is_some()
    {
        let (now, from) = (bench.now, rtp_address(LEFT));
        bench.ends[RIGHT].handle_datagram(now, from, datagram);
    }
    bench.now += ms(20);
}

fn packets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packet");
    group.throughput(Throughput::Elements(1));
    for codec in [Codec::Pcmu, Codec::G722] {
        let (mut bench, mut datagram) = warm(codec);
        group.bench_function(format!("{codec} sent"), |bencher| {
            bencher.iter(|| send(&mut bench, &mut datagram));
        });
        let (mut bench, mut datagram) = warm(codec);
        group.bench_function(format!("{codec} sent and received"), |bencher| {
            bencher.iter(|| both(&mut bench, &mut datagram));
        });
    }
    group.finish();
}

criterion_group!(benches, packets);
criterion_main!(benches);
