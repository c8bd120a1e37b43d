//! How long a thread has the processor when others wait for it.

/// The shortest that the kernel grants (`sched(7)`).
const TURN_NS: u64 = 100_000;
/// The length of the first version of the structure, which has all that is needed.
const ATTRIBUTES_BYTES: u32 = 48;

/// `struct sched_attr` of `sched_setattr(2)`.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

const _: () = assert!(size_of::<Attributes>() == ATTRIBUTES_BYTES as usize);

/// Asks the kernel for short and frequent turns of the calling thread in place of long and rare
/// ones, as threads need that sleep often and must be back in time. The share of the processor
/// stays the same. Kernels before Linux 6.12 do not know it; nothing happens then.
pub fn prefer_short_turns() {
    let mut attributes = Attributes::default();
    // SAFETY: the kernel writes at most the length given into the structure, which is as long.
    let read = unsafe {
        libc::syscall(
            libc::SYS_sched_getattr,
            0,
            &raw mut attributes,
            ATTRIBUTES_BYTES,
            0,
        )
    };
    if read != 0 {
        return;
    }
    attributes.size = ATTRIBUTES_BYTES;
    attributes.runtime = TURN_NS;
    // SAFETY: the kernel reads as much as `size` says. A refusal changes nothing.
    let _ = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
}
