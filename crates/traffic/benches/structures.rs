//! What a shard does for every message: timers and the way from a key to its call.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gannet_traffic::{KeyChain, SessionMap, Wheel};

const TIMERS: u64 = 100_000;
const CALLS: usize = 100_000;
const MS: u64 = 1_000_000;

/// Time-outs as SIP has them: half a second to half a minute.
fn delay_ns(rng: &mut fastrand::Rng) -> u64 {
    rng.u64(500..32_000) * MS
}

/// A Call-ID of 30 bytes, made where it is needed: that of a received message is in the cache, too.
fn key(call: usize) -> [u8; 30] {
    let mut key = *b"0123456789abcdef-0@192.0.2.101";
    let number = (call as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for (digit, byte) in key[..16].iter_mut().enumerate() {
        *byte = b"0123456789abcdef"[(number >> (4 * digit)) as usize % 16];
    }
    key
}

fn wheel(criterion: &mut Criterion) {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut wheel = Wheel::with_capacity(0, TIMERS as usize + 1);
    for payload in 0..TIMERS {
        wheel.insert(delay_ns(&mut rng), payload);
    }
    criterion.bench_function("wheel: insert and cancel beside 100,000", |bencher| {
        bencher.iter(|| {
            let id = wheel.insert(black_box(delay_ns(&mut rng)), 7);
            black_box(wheel.cancel(id))
        });
    });

    let mut group = criterion.benchmark_group("wheel: insert and expire");
    group.throughput(Throughput::Elements(TIMERS));
    group.bench_function("100,000 over 32 s, tick by tick", |bencher| {
        let mut wheel = Wheel::with_capacity(0, TIMERS as usize);
        let mut expired = Vec::with_capacity(TIMERS as usize);
        let mut now_ns = 0;
        bencher.iter(|| {
            for payload in 0..TIMERS {
                wheel.insert(now_ns + delay_ns(&mut rng), payload);
            }
            let end_ns = now_ns + 32_000 * MS;
            while now_ns < end_ns {
                now_ns += MS;
                expired.clear();
                wheel.advance(now_ns, &mut expired);
                black_box(&expired);
            }
            assert!(wheel.is_empty());
        });
    });
    group.finish();
}

fn session_map(criterion: &mut Criterion) {
    let mut map = SessionMap::with_capacity(CALLS + 1, 99);
    let mut chains = vec![KeyChain::EMPTY; CALLS];
    for (call, chain) in chains.iter_mut().enumerate() {
        map.insert(0, &key(call), call as u32, chain)
            .expect("keys differ");
    }
    let mut rng = fastrand::Rng::with_seed(1);
    criterion.bench_function("the key alone", |bencher| {
        bencher.iter(|| black_box(key(rng.usize(..CALLS))));
    });
    criterion.bench_function("session map: find, 100,000 keys", |bencher| {
        bencher.iter(|| map.find(0, black_box(&key(rng.usize(..CALLS)))));
    });
    criterion.bench_function("session map: miss, 100,000 keys", |bencher| {
        bencher.iter(|| map.find(0, black_box(&key(rng.usize(CALLS..2 * CALLS)))));
    });
    criterion.bench_function("session map: insert and remove, 100,000 keys", |bencher| {
        bencher.iter(|| {
            let mut chain = KeyChain::EMPTY;
            let key = key(rng.usize(CALLS..2 * CALLS));
            let inserted = map.insert(0, black_box(&key), 7, &mut chain);
            map.remove_all(&mut chain);
            black_box(inserted)
        });
    });
    criterion.bench_function("session map: a call ends, another begins", |bencher| {
        let mut next = CALLS;
        bencher.iter(|| {
            let call = rng.usize(..CALLS);
            map.remove_all(&mut chains[call]);
            next += 1;
            map.insert(0, &key(next), call as u32, &mut chains[call])
        });
    });
}

criterion_group!(benches, wheel, session_map);
criterion_main!(benches);
