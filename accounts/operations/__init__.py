"""What officers and their accounts undergo."""
