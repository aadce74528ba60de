//! Counts the memory in use and its peak.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub struct Tracked;

pub static NOW: AtomicUsize = AtomicUsize::new(0);

pub static PEAK: AtomicUsize = AtomicUsize::new(0);

/// What was asked for and given counts: an allocation that is refused, as [`Vec::try_reserve`] hears it, takes nothing.
fn given(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if !pointer.is_null() {
        let now = NOW.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(now, Relaxed);
    }
    pointer
}

unsafe impl GlobalAlloc for Tracked {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        given(unsafe { System.alloc(l) }, l.size())
    }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) {
        NOW.fetch_sub(l.size(), Relaxed);
        unsafe { System.dealloc(p, l) }
    }
    unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 {
        given(unsafe { System.alloc_zeroed(l) }, l.size())
    }
    unsafe fn realloc(&self, p: *mut u8, l: Layout, new: usize) -> *mut u8 {
        let moved = unsafe { System.realloc(p, l, new) };
        if moved.is_null() || new >= l.size() {
            return given(moved, new.saturating_sub(l.size()));
        }
        NOW.fetch_sub(l.size() - new, Relaxed);
        moved
    }
}
