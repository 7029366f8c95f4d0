"""Where frames come from: cameras, films, folders, streams and the demo clip, behind one protocol."""
