//! The real disk in a child process from which the kernel takes system calls away.
//!
//! Each test starts this test binary again with one of the ignored tests below, which locks itself in with a seccomp
//! filter and then uses the log.

use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, sock_filter};

use super::blocking::write_at;
use super::{Disk, Durability, FileDisk, Preference, Preparation, Progress};
use crate::{Log, LogError, LogOptions, Status};

const DIRECTORY: &str = "TOTE_WAL_SANDBOX";

/// Offsets in `seccomp_data`: the number of the call, and the low half of its sixth argument.
const CALL: u32 = 0;
const SIXTH_ARGUMENT: u32 = 16 + 5 * 8;

#[test]
fn without_io_uring_frames_are_written_with_pwritev2() {
    run("falls_back");
}

#[test]
fn without_direct_io_frames_go_through_the_page_cache() {
    run("uses_the_page_cache");
}

#[test]
fn plain_frames_are_written_durably_and_in_no_other_way() {
    run("writes_durably");
}

#[test]
fn a_full_disk_takes_the_reserve_and_then_ends_the_log() {
    run("fills_the_disk");
}

#[test]
#[ignore = "a child of the test above"]
fn falls_back() {
    let Some(home) = sandbox() else { return };
    refuse(&[load(CALL), skip_unless_equal(libc::SYS_io_uring_setup as u32, 1), errno(libc::EPERM), allow()]);
    assert!(matches!(open(&home, Preference::Uring), Err(LogError::Disk { .. })));
    let mut log = open(&home, Preference::Best).expect("pwritev2 is allowed");
    assert_eq!(log.disk_name(), "pwritev2");
    assert_eq!(
        log.disk().why(),
        "io_uring does not work here: io_uring_setup: Operation not permitted (os error 1)"
    );
    write_ticks(&mut log, 100);
}

#[test]
#[ignore = "a child of the test above"]
fn uses_the_page_cache() {
    let Some(home) = sandbox() else { return };
    // `openat` is refused when its third argument has the flag of direct IO.
    refuse(&[
        load(CALL),
        skip_unless_equal(libc::SYS_openat as u32, 3),
        load(16 + 2 * 8),
        sock_filter {
            code: (BPF_JMP | libc::BPF_JSET | BPF_K) as u16,
            jt: 0,
            jf: 1,
            k: libc::O_DIRECT as u32,
        },
        errno(libc::EINVAL),
        allow(),
    ]);
    for (preference, name) in
        [(Preference::Best, "io_uring, page cache"), (Preference::Blocking, "pwritev2, page cache")]
    {
        let mut log = open(&home, preference).expect("the page cache is there");
        assert_eq!(log.disk_name(), name);
        assert!(log.disk().why().ends_with("the file system refuses direct IO"), "{}", log.disk().why());
        let last = log.last_tick() + 100;
        write_ticks(&mut log, last);
    }
}

#[test]
#[ignore = "a child of the test above"]
fn writes_durably() {
    let Some(home) = sandbox() else { return };
    let mut log = open(&home, Preference::Blocking).expect("nothing is forbidden yet");
    let file = tempfile::tempfile().expect("a temporary file");
    // The filter binds this thread only: the one that makes segments goes on.
    refuse(&[
        load(CALL),
        skip_unless_equal(libc::SYS_pwrite64 as u32, 1),
        errno(libc::EPERM),
        skip_unless_equal(libc::SYS_pwritev as u32, 1),
        errno(libc::EPERM),
        skip_unless_equal(libc::SYS_pwritev2 as u32, 3),
        load(SIXTH_ARGUMENT),
        skip_if_equal(libc::RWF_DSYNC as u32, 1),
        errno(libc::EPERM),
        allow(),
    ]);
    let plain = file.write_at(&[0; 512], 0).expect_err("a plain write is forbidden");
    assert_eq!(plain.kind(), ErrorKind::PermissionDenied);
    assert_eq!(write_at(&file, &[0; 512], 0, Durability::AtSync), Err(libc::EPERM));
    assert_eq!(write_at(&file, &[0; 512], 0, Durability::OnCompletion), Ok(512));
    write_ticks(&mut log, 100);
}

#[test]
#[ignore = "a child of the test above"]
fn fills_the_disk() {
    let Some(home) = sandbox() else { return };
    let log = open(&home, Preference::Best).expect("there is room");
    while log.disk().preparation() != (Preparation { next: Progress::Ready, reserve: Progress::Ready }) {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(log);
    // The thread that makes segments is started behind the filter, and so bound by it.
    refuse(&[load(CALL), skip_unless_equal(libc::SYS_fallocate as u32, 1), errno(libc::ENOSPC), allow()]);
    let mut log = open(&home, Preference::Best).expect("two segments and the reserve are there");
    assert_eq!(log.status(), Status::Open);
    // 24 frames of 2560 bytes fill a segment; in the first, two epoch frames take the place of one.
    write_ticks(&mut log, 24);
    while log.status() == Status::Open {
        std::thread::sleep(Duration::from_millis(1));
    }
    write_ticks(&mut log, 71);
    assert!(log.begin().expect("a buffer is free").push(&[1; 2000]));
    let error = log.append(72, 72, (0, 0)).expect_err("there is no fourth segment");
    let LogError::Exhausted { tick: 72, source } = error else { panic!("{error}") };
    assert_eq!(source.raw_os_error(), Some(libc::ENOSPC));
    drop(log);
    // The epoch frame of another run finds no room either: the log is as it was, and waits for some.
    let error = open(&home, Preference::Blocking).err().expect("there is no room yet");
    assert!(matches!(error, LogError::Exhausted { tick: 71, .. }), "{error}");
}

/// Runs one of the children in a fresh directory.
fn run(child: &str) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let binary = std::env::current_exe().expect("a test runs from a file");
    let name = format!("disk::sandbox::{child}");
    let arguments = [name.as_str(), "--exact", "--ignored", "--nocapture"];
    let ended = Command::new(binary).args(arguments).env(DIRECTORY, home.path()).output();
    let ended = ended.expect("the test binary can be started again");
    let output =
        [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(ended.status.success() && output.contains("1 passed"), "{output}");
}

/// The directory to work in; none when the child's test was started by itself.
fn sandbox() -> Option<std::path::PathBuf> {
    std::env::var_os(DIRECTORY).map(Into::into)
}

fn open(home: &Path, preference: Preference) -> Result<Log<FileDisk>, LogError> {
    let options = LogOptions {
        cluster: Some(1),
        segment_bytes: 64 << 10,
        frame_bytes_max: 8 << 10,
        ..LogOptions::default()
    };
    Ok(crate::open(FileDisk::open(home, preference)?, options, &mut |_| Ok(()))?.0)
}

fn write_ticks(log: &mut Log<FileDisk>, last: u64) {
    while log.durable_to() < last {
        let tick = log.last_tick() + 1;
        assert!(log.begin().expect("a buffer is free").push(&[1; 2000]));
        log.append(tick, tick, (0, 0)).expect("the disk takes it");
        while log.durable_to() < tick {
            log.wait(None).expect("the disk works");
            log.reap().expect("the disk works");
        }
        let frame = log.next_durable().expect("it is durable");
        log.release(frame);
    }
}

/// Puts this thread, and all that it starts, behind a filter.
fn refuse(program: &[sock_filter]) {
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    // SAFETY: both calls take integers; the second also takes `filter`, which names `program`, and the kernel copies
    // it before the call returns.
    let result = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            | libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter)
    };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}

fn load(offset: u32) -> sock_filter {
    sock_filter { code: (BPF_LD | BPF_W | BPF_ABS) as u16, jt: 0, jf: 0, k: offset }
}

fn skip_unless_equal(value: u32, count: u8) -> sock_filter {
    sock_filter { code: (BPF_JMP | BPF_JEQ | BPF_K) as u16, jt: 0, jf: count, k: value }
}

fn skip_if_equal(value: u32, count: u8) -> sock_filter {
    sock_filter { code: (BPF_JMP | BPF_JEQ | BPF_K) as u16, jt: count, jf: 0, k: value }
}

fn errno(errno: i32) -> sock_filter {
    sock_filter { code: (BPF_RET | BPF_K) as u16, jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | errno as u32 }
}

fn allow() -> sock_filter {
    sock_filter { code: (BPF_RET | BPF_K) as u16, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW }
}
