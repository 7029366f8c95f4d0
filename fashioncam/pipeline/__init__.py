"""From a frame to a reading. Pure: no Qt, no threads, no files, no clock. `process.process_frame` is the whole line."""
