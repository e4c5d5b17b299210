"""Face detector backends, a file each, behind ``analyzer.faces.detect.FaceDetector``."""
